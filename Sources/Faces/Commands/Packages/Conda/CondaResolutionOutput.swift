import CondaPackaging
import Digests
import Lockfiles
import PythonPackaging
import Resolution

/// The conda packages that were chosen for one platform, and the Python ones beside them, as they are shown.
struct CondaResolutionOutput: ShownResolution {
    struct Package: Encodable, Sendable {
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
    /// The Python that was chosen; absent where none was.
    let python: String?
    /// The virtual packages that the machine was taken to have.
    let virtualPackages: [String]
    let packages: [Package]
    /// From package indexes; absent where none were asked.
    let pythonPackages: [ResolutionOutput.Package]?

    /// - Parameter graph: of a lock of this answer alone.
    init(_ answer: JointAnswer, to question: CondaQuestion, graph: LockGraph) {
        platform = answer.target.conda.subdir.description
        python = answer.python?.pythonName
        virtualPackages = answer.target.conda.virtualPackages.map(\.description)
        let asked = (question.request.conda.requirements + answer.target.requirements).filter { $0.asker != nil }
        let condaRoots = Set(asked.compactMap { $0.spec.name.exactName })
        packages = graph.condaPackages.enumerated().map { position, package in
            let record = package.record
            return Package(
                name: record.name.description, version: record.version.description, build: record.build,
                subdir: record.subdir.description, channel: package.channel, url: package.url, sha256: record.sha256?.hex,
                size: record.size, depends: record.depends,
                neededBy: graph.names(needing: graph.packages.count + position), requested: condaRoots.contains(record.name))
        }
        let wanted = question.request.pypi.requirements
        let roots = Set(wanted.map(\.requirement.name))
        let found = answer.packages.map { package in
            let needing = graph.packages.firstIndex { $0.name == package.name }.map(graph.names(needing:)) ?? []
            return ResolutionOutput.Package(package, neededBy: needing, requested: roots.contains(package.name))
        }
        pythonPackages = wanted.isEmpty ? nil : found
    }

    /// A table for a person.
    func lines(on terminal: Terminal) -> [String] {
        var table = TextTable("PACKAGE", "VERSION", "BUILD", ">SIZE", "NEEDED BY")
        for package in packages {
            let reasons = (package.requested ? ["you"] : []) + package.neededBy
            let rest = reasons.count - 3
            let words = reasons.prefix(3).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
            table.add(
                .init(package.name), .init(package.version), .init(package.build),
                .init(package.size.map { "\(ByteText(Int64(clamping: $0)))" } ?? ""), .init(words, .dim))
        }
        for package in pythonPackages ?? [] {
            let name = package.name + (package.extras.map { "[\($0.joined(separator: ","))]" } ?? "")
            table.add(
                .init(name), .init(package.version), .init("(pypi)", .dim), .init(package.size.map { "\(ByteText($0))" } ?? ""),
                .init(package.reason, .dim))
        }
        return packages.isEmpty && (pythonPackages ?? []).isEmpty ? [] : table.lines(on: terminal, cutsLast: true)
    }
}

extension LockGraph {
    /// The packages that need one, each name once.
    fileprivate func names(needing position: Int) -> [String] {
        var names: [String] = []
        for need in neededBy[position] where !names.contains(package(at: need.package).name) { names.append(package(at: need.package).name) }
        return names
    }
}
