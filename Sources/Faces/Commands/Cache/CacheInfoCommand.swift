import ArgumentParser
import Environments
import PackageSources
import SystemPackage

/// `penstock cache info`: how large the cache is, and what takes the room.
struct CacheInfoCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Tell where the cache is, and how large, by kind.",
        discussion: "Files that environments share with unpacked wheels count for the wheels.")

    @Flag(help: "Print JSON.")
    var json = false

    private struct Kind: Encodable {
        var kind: String
        var items: Int
        var files: Int
        /// What removing all of it would free, in bytes, the files that environments share with it left out of them.
        var bytes: Int64
        /// Of these, bytes of things that no environment is made of.
        var unused: Int64?
    }

    private struct Info: Encodable {
        var path: String
        var bytes: Int64
        var kinds: [Kind]
        /// Bytes of what is on its way in, or was left behind.
        var drafts: Int64
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        let cache = try CacheDirectory.discover(environment: session.environment)
        let inventory = try waiting { await CacheInventory(of: cache) }
        let kinds = CacheInventory.kinds.filter { $0 != .temporary }.map { Self.kind($0, inventory) }
        let drafts = inventory.drafts.reduce(Int64(0)) { $0 + $1.size.total }
        let info = Info(path: cache.root.string, bytes: kinds.reduce(drafts) { $0 + $1.bytes }, kinds: kinds, drafts: drafts)
        if json {
            session.output.writeLine(try JSONText(info).text)
        } else {
            for line in Self.lines(info, on: session.output) { session.output.writeLine(line) }
        }
        return 0
    }

    private static func kind(_ kind: CacheDirectory.Folder, _ inventory: CacheInventory) -> Kind {
        let items = inventory.items.filter { $0.kind == kind }
        func bytes(_ items: [CacheItem]) -> Int64 {
            items.reduce(0) { $0 + $1.size.own + (kind == .environments ? 0 : $1.size.shared) }
        }
        return Kind(
            kind: kind.rawValue, items: items.count, files: items.reduce(0) { $0 + $1.size.files }, bytes: bytes(items),
            unused: kind == .wheels || kind == .condaPackages ? bytes(items.filter { !$0.isUsed }) : nil)
    }

    private static func lines(_ info: Info, on terminal: Terminal) -> [String] {
        var table = TextTable("KIND", ">ITEMS", ">FILES", ">SIZE", "WHAT")
        for kind in info.kinds {
            guard let folder = CacheDirectory.Folder(rawValue: kind.kind) else { continue }
            let unused = kind.unused.flatMap { $0 > 0 ? ", \(ByteText($0)) of them in no environment" : nil } ?? ""
            table.add(
                .init(kind.kind, .bold), .init("\(kind.items)"), .init("\(kind.files)"), .init("\(ByteText(kind.bytes))"),
                .init(folder.words + unused))
        }
        let drafts = info.drafts > 0 ? ["  \(ByteText(info.drafts)) on the way in, or left behind by ended processes"] : []
        return ["\(info.path): \(ByteText(info.bytes))"] + table.lines(on: terminal, indent: "  ", cutsLast: true) + drafts
    }
}

extension CacheDirectory.Folder {
    fileprivate var words: String {
        switch self {
        case .pages: "what indexes offer"
        case .metadata: "what wheels say about themselves"
        case .archives: "archives, as they were fetched"
        case .channels: "what channels of conda offer"
        case .wheels: "unpacked wheels"
        case .condaPackages: "unpacked conda packages"
        case .sources: "mirrors of repositories"
        case .builds: "what was built from source"
        case .interpreters: "what is known about Pythons"
        case .code: "code packages of flows, to be found unchanged"
        case .environments: "environments, without what they share with wheels"
        default: ""
        }
    }
}
