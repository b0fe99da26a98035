import Environments
import Lockfiles
import PackageSources
import SystemPackage

/// What was removed from the cache, for a person or as JSON.
struct PruningOutput: Encodable {
    struct Item: Encodable {
        var kind: String
        var path: String
        var bytes: Int64
        var lastUsed: String

        init(_ item: CacheItem) {
            kind = item.kind.rawValue
            path = item.path.string
            bytes = item.size.total
            lastUsed = "\(item.lastUsed)"
        }
    }

    var dryRun: Bool
    /// In bytes.
    var freed: Int64
    var removed: [Item]
    var leftovers: [Item]
    var held: [Item]
    /// Whether another process fetched or built, so that only part of the cache was looked at.
    var busy: Bool

    init(_ report: CachePruning.Report, isRehearsal: Bool) {
        dryRun = isRehearsal
        freed = report.freed
        removed = report.removed.map { Item($0) }
        leftovers = report.leftovers.map { Item($0) }
        held = report.held.map { Item($0) }
        busy = report.isBusy
    }

    func tell(isJSON: Bool, in session: StandaloneSession) throws {
        if isJSON { return session.output.writeLine(try JSONText(self).text) }
        var table = TextTable("KIND", ">ITEMS", ">SIZE")
        for (kind, items) in Dictionary(grouping: removed, by: \.kind).sorted(by: { $0.key < $1.key }) {
            table.add(.init(kind), .init("\(items.count)"), .init("\(ByteText(items.reduce(0) { $0 + $1.bytes }))"))
        }
        if !leftovers.isEmpty {
            let bytes = leftovers.reduce(Int64(0)) { $0 + $1.bytes }
            table.add("leftovers", .init("\(leftovers.count)"), .init("\(ByteText(bytes))"))
        }
        if !table.isEmpty {
            for line in table.lines(on: session.output, indent: "  ") { session.output.writeLine(line) }
        }
        session.output.writeLine(dryRun ? "\(ByteText(freed)) would be freed." : "\(ByteText(freed)) freed.")
        if !held.isEmpty {
            let words = held.count == 1 ? "1 environment is" : "\(held.count) environments are"
            session.error.writeLine("\(words) in use, and not touched.")
        }
        if busy {
            session.error.writeLine("Another process fetches or builds: wheels, conda packages, archives and builds were not looked at.")
        }
    }
}
