import Digests
import PythonPackaging
import Resolution

/// What was chosen for one target, as it is shown.
struct ResolutionOutput: ShownResolution {
    struct Package: Encodable, Sendable {
        var name: String
        var version: String
        var extras: [String]?
        var requiresPython: String?
        /// The packages that it needs, by name.
        var dependencies: [String]
        /// The index that has it.
        var index: String?
        var filename: String?
        var url: String?
        var sha256: String?
        var size: Int64?
        var uploadTime: String?
        /// Packages that need it, by name; it is asked for itself if `requested`.
        var neededBy: [String]
        var requested: Bool
    }

    let python: String
    let platform: String
    let packages: [Package]

    init(_ answer: TargetAnswer, to request: ResolutionRequest) {
        python = answer.target.pythonVersion.description
        platform = answer.target.platformName
        var askers: [PackageName: [String]] = [:]
        for package in answer.packages {
            for needed in package.dependencies where needed != package.name {
                askers[needed, default: []].append(package.name.description)
            }
        }
        let roots = Set(request.requirements.map(\.requirement.name))
        packages = answer.packages.map { package in
            Package(package, neededBy: askers[package.name] ?? [], requested: roots.contains(package.name))
        }
    }

    /// A table for a person.
    func lines(on terminal: Terminal) -> [String] {
        guard !packages.isEmpty else { return [] }
        var table = TextTable("PACKAGE", "VERSION", ">SIZE", "NEEDED BY")
        for package in packages {
            let name = package.name + (package.extras.map { "[\($0.joined(separator: ","))]" } ?? "")
            table.add(
                .init(name), .init(package.version), .init(package.size.map { "\(ByteText($0))" } ?? ""),
                .init(package.reason, .dim))
        }
        return table.lines(on: terminal, cutsLast: true)
    }
}

extension ResolutionOutput.Package {
    init(_ package: ResolvedPackage, neededBy: [String], requested: Bool) {
        name = package.name.description
        version = package.version.description
        extras = package.extras.isEmpty ? nil : package.extras.map(\.description)
        requiresPython = package.requiresPython
        dependencies = package.dependencies.map(\.description)
        index = package.offered?.index
        filename = package.offered?.file.filename
        url = package.offered?.file.url
        sha256 = package.offered?.file.sha256?.hex
        size = package.offered?.file.size
        uploadTime = package.offered?.file.uploadTime
        self.neededBy = neededBy
        self.requested = requested
    }

    /// `you`, and the first few of those that need it.
    var reason: String {
        let all = (requested ? ["you"] : []) + neededBy
        let rest = all.count - 3
        return all.prefix(3).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
