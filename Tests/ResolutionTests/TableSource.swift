import Digests
import Lockfiles
import PythonPackaging
import Resolution
import Synchronization

/// An index made of a table.
///
/// As text, a release is a line: `name version (facts): requirement | requirement`, where facts, separated by commas, are
/// `yanked`, `yanked because …`, `sdist` (besides the wheel), `sdist only`, `python …` (Requires-Python), `wheel TAG`
/// (instead of `py3-none-any`), `uploaded DATE` and `extra NAME`. A project without versions is a line with its name alone.
///
/// Direct references are a table of their own, with their location before the line: `/src/b = b 1: c`.
final class TableSource: PackageMetadataSource {
    struct Release: Sendable {
        var version: Version
        var requires: [String] = []
        var extras: [String] = []
        var requiresPython: String?
        var wheelTags: [String] = ["py3-none-any"]
        var hasWheel = true
        var hasSdist = false
        var yanked = IndexFile.Yanked.no
        var hasDigest = true
        var uploadTime: String?
    }

    struct Unreachable: Error {}

    let releases: [PackageName: [Release]]
    let indexDescriptions = ["https://index.example/simple"]
    /// Requests for these fail.
    let unreachable: Set<String>
    /// What direct references lead to, by URL or path.
    let direct: [String: (name: PackageName, release: Release)]
    let canBuild: Bool
    /// Whether it finds out hashes that it does not tell.
    let canHash: Bool
    /// Answers come in an order that depends on this.
    let shuffle: Int
    let requests = Mutex<[String]>([])

    init(
        _ releases: [PackageName: [Release]], direct: [String: (name: PackageName, release: Release)] = [:],
        canBuild: Bool = false, canHash: Bool = false, unreachable: Set<String> = [], shuffle: Int = 0
    ) {
        self.releases = releases
        self.direct = direct
        self.canBuild = canBuild
        self.canHash = canHash
        self.unreachable = unreachable
        self.shuffle = shuffle
    }

    convenience init(
        _ text: String, direct: String = "", canBuild: Bool = false, canHash: Bool = false, unreachable: Set<String> = [],
        shuffle: Int = 0
    ) throws {
        var releases: [PackageName: [Release]] = [:]
        for line in text.split(separator: "\n") {
            let (name, release) = try Self.parse(line)
            releases[name, default: []] += release.map { [$0] } ?? []
        }
        var targets: [String: (name: PackageName, release: Release)] = [:]
        for line in direct.split(separator: "\n") {
            let parts = line.split(separator: " = ", maxSplits: 1)
            let (name, release) = try Self.parse(parts[1])
            targets[String(parts[0])] = release.map { (name, $0) }
        }
        self.init(releases, direct: targets, canBuild: canBuild, canHash: canHash, unreachable: unreachable, shuffle: shuffle)
    }

    private static func parse(_ line: Substring) throws -> (PackageName, Release?) {
        let parts = line.split(separator: ":", maxSplits: 1)
        let head = parts[0].split(separator: "(", maxSplits: 1)
        let words = head[0].split(separator: " ")
        let name = try PackageName(parsing: words[0])
        guard words.count > 1 else { return (name, nil) }
        var release = Release(version: try Version(parsing: words[1]))
        if parts.count > 1 { release.requires = parts[1].split(separator: "|").map { trim($0) } }
        if head.count > 1 {
            for fact in head[1].prefix(while: { $0 != ")" }).split(separator: ",") { apply(trim(fact), to: &release) }
        }
        return (name, release)
    }

    private static func apply(_ fact: String, to release: inout Release) {
        let words = fact.split(separator: " ").map(String.init)
        switch words.first {
        case "yanked": release.yanked = .yes(words.count > 2 ? words.dropFirst(2).joined(separator: " ") : nil)
        case "sdist": (release.hasWheel, release.hasSdist) = (words.count == 1, true)
        case "uploaded": release.uploadTime = "\(words[1])T00:00:00Z"
        case "python": release.requiresPython = words.dropFirst().joined(separator: ",")
        case "wheel": release.wheelTags = Array(words.dropFirst())
        case "extra": release.extras += words.dropFirst()
        case "undigested": release.hasDigest = false
        default: preconditionFailure("no such fact: \(fact)")
        }
    }

    private static func trim(_ text: Substring) -> String {
        text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }

    // MARK: - The protocol

    func listing(of project: PackageName) async throws -> (any VersionListing)? {
        try await answer("page \(project)")
        return releases[project].map { TableListing(project, $0) }
    }

    func coreMetadata(of file: IndexFile) async throws -> CoreMetadata {
        let name = try DistributionFilename(parsing: file.filename)
        let isWheel = file.filename.hasSuffix(".whl")
        try await answer("\(isWheel ? "metadata" : "build") \(name.name) \(name.version)")
        guard let release = releases[name.name]?.first(where: { $0.version == name.version }) else { throw Unreachable() }
        return release.metadata(name.name)
    }

    func distribution(of reference: DirectReference, for name: PackageName) async throws -> DirectDistribution {
        let location =
            switch reference {
            case .archive(let archive): archive.url
            case .repository(let repository): repository.url
            case .directory(let directory): directory.path
            }
        try await answer("direct \(location)")
        guard let found = direct[location] else { throw Unreachable() }
        return DirectDistribution(
            metadata: found.release.metadata(found.name),
            source: .directory(LockedDirectory(path: location)))
    }

    func withHash(of file: IndexFile) async throws -> IndexFile {
        try await answer("hash \(file.filename)")
        var file = file
        file.sha256 = SHA256Digest(hashing: file.filename)
        return file
    }

    private func answer(_ request: String) async throws {
        let count = requests.withLock {
            $0.append(request)
            return $0.count
        }
        if shuffle > 0 {
            for _ in 0..<(count &* 7919 &* shuffle % 13) { await Task.yield() }
        }
        if unreachable.contains(request) { throw Unreachable() }
    }
}

extension TableSource.Release {
    func metadata(_ name: PackageName) -> CoreMetadata {
        CoreMetadata(
            name: name, version: version, requiresDist: requires, requiresPython: requiresPython,
            providesExtra: extras.compactMap { try? ExtraName(parsing: $0) })
    }
}

private struct TableListing: VersionListing {
    let name: PackageName
    let releases: [TableSource.Release]

    init(_ name: PackageName, _ releases: [TableSource.Release]) {
        self.name = name
        self.releases = releases.sorted { $0.version > $1.version }
    }

    var versions: [Version] { releases.map(\.version) }

    func files(at position: Int) -> [OfferedFile] {
        let release = releases[position]
        let stem = "\(name.description.split(separator: "-").joined(separator: "_"))-\(release.version)"
        var names = release.hasWheel ? release.wheelTags.map { "\(stem)-\($0).whl" } : []
        if release.hasSdist { names.append("\(stem).tar.gz") }
        return names.map { filename in
            OfferedFile(
                IndexFile(
                    filename: filename, url: "https://index.example/files/\(filename)",
                    sha256: release.hasDigest ? SHA256Digest(hashing: filename) : nil,
                    size: 1000, requiresPython: release.requiresPython, yanked: release.yanked,
                    uploadTime: release.uploadTime),
                index: "https://index.example/simple")
        }
    }
}

extension PythonTarget {
    /// CPython on a Linux machine.
    static func linux(_ version: String = "3.12.4") throws -> PythonTarget {
        let full = try Version(parsing: version)
        let short = "\(full.major).\(full.minor)"
        return PythonTarget(
            pythonVersion: full,
            markerEnvironment: MarkerEnvironment(
                implementationName: "cpython", implementationVersion: version, osName: "posix",
                platformMachine: "x86_64", platformPythonImplementation: "CPython", platformRelease: "6.1.0",
                platformSystem: "Linux", platformVersion: "#1 SMP", pythonFullVersion: version,
                pythonVersion: short, sysPlatform: "linux"),
            tags: .compatible(
                implementation: .cPython, version: (Int(full.major), Int(full.minor)),
                platform: .linux(arch: "x86_64", libc: .glibc(2, 36))))
    }
}

extension Resolver {
    func outcome(
        for requirements: [RootRequirement], preferences: [PackageName: Version] = [:]
    ) async -> Result<[ResolvedPackage], ResolutionError> {
        do throws(ResolutionError) {
            return .success(try await packages(for: requirements, preferences: preferences))
        } catch {
            return .failure(error)
        }
    }
}
