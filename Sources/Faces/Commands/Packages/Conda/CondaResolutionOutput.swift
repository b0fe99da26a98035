import CondaPackaging
import Digests
import Lockfiles
import Resolution

/// The conda packages that were chosen for one platform, as they are shown.
struct CondaResolutionOutput: Encodable {
    struct Package: Encodable {
        var name: String
        var version: String
        var build: String
        var subdir: String
        var channel: String
        var url: String
        var sha256: String?
        var size: UInt64?
        var depends: [String]
        /// Packages that need it, by name; it is asked for itself if `requested`.
        var neededBy: [String]
        var requested: Bool
    }

    let platform: String
    /// The virtual packages that the machine was taken to have.
    let virtualPackages: [String]
    let packages: [Package]

    init(_ answer: CondaAnswer, to request: CondaRequest) {
        platform = answer.target.subdir.description
        virtualPackages = answer.target.virtualPackages.map(\.description)
        let graph = LockGraph(PyLock(packages: [], conda: LockedConda(channels: [], packages: answer.packages)))
        let roots = Set(request.requirements.compactMap { $0.spec.name.exactName })
        packages = graph.condaPackages.enumerated().map { position, package in
            let record = package.record
            let place = graph.packages.count + position
            return Package(
                name: record.name.description, version: record.version.description, build: record.build,
                subdir: record.subdir.description, channel: package.channel, url: package.url, sha256: record.sha256?.hex,
                size: record.size, depends: record.depends,
                neededBy: graph.neededBy[place].map { graph.package(at: $0.package).name }, requested: roots.contains(record.name))
        }
    }

    /// A table for a person.
    func lines(on terminal: Terminal) -> [String] {
        guard !packages.isEmpty else { return [] }
        var table = TextTable("PACKAGE", "VERSION", "BUILD", ">SIZE", "NEEDED BY")
        for package in packages {
            let reasons = (package.requested ? ["you"] : []) + package.neededBy
            let rest = reasons.count - 3
            let words = reasons.prefix(3).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
            table.add(
                .init(package.name), .init(package.version), .init(package.build),
                .init(package.size.map { "\(ByteText(Int64(clamping: $0)))" } ?? ""), .init(words, .dim))
        }
        return table.lines(on: terminal, cutsLast: true)
    }
}
