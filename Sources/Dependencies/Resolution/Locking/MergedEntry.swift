internal import Lockfiles
internal import PythonPackaging

/// One version of a package from one source, as several targets chose it.
struct MergedEntry {
    struct Key: Hashable {
        let name: PackageName
        /// Absent where it may change from build to build.
        let version: Version?
        /// The index, for files of one.
        let index: String?
        /// The source, for direct references.
        let direct: LockedSource?

        init(_ package: LockedPackage) {
            name = package.name
            version = package.version
            index = package.index
            if case .distributions = package.source { direct = nil } else { direct = package.source }
        }
    }

    let key: Key
    /// The positions of the answers that have it.
    private(set) var answers: Set<Int> = []
    private(set) var requiresPython: Set<String?> = []
    /// What it needs, and in which answers.
    private(set) var dependencies: [PackageName: Set<Int>] = [:]
    private var requirements: Set<String> = []
    private var wheels: [String: LockedWheel] = [:]
    private var sdists: [String: LockedSdist] = [:]

    init(_ key: Key) { self.key = key }

    mutating func add(_ package: LockedPackage, of answer: Int) {
        answers.insert(answer)
        requiresPython.insert(package.requiresPython)
        for dependency in package.dependencies { dependencies[dependency.name, default: []].insert(answer) }
        requirements.formUnion(package.notedRequirements)
        for wheel in package.wheels { wheels[wheel.filename] = wheel }
        if let sdist = package.sdist { sdists[sdist.filename] = sdist }
    }

    /// What Penstock notes of the package.
    var tool: [String: LockValue] { LockedPackage.noting(requirements) }

    /// The files that were chosen.
    var source: LockedSource {
        if let direct = key.direct { return direct }
        let sdist = sdists.min { $0.key < $1.key }?.value
        return .distributions(sdist: sdist, wheels: Array(wheels.values))
    }

    /// The version, and the source if it is no index.
    var words: String {
        let version = key.version.map { "\($0)" }
        switch key.direct {
        case nil: return version ?? "an unknown version"
        case .versionControl(let repository): return "commit \(repository.commitID.prefix(12)) of its repository"
        case .directory(let directory): return "what is in \(directory.path)"
        case .archive(let archive): return "the file \(archive.file.filename)"
        case .distributions: return version ?? "the files that were named"
        }
    }

    /// How another entry refers to this one, given all entries of its name (PEP 751, `packages.dependencies`).
    func dependency(among entries: [MergedEntry]) -> LockedDependency {
        guard entries.count > 1 else { return LockedDependency(name: key.name) }
        let sameVersion = entries.filter { $0.key.version == key.version }
        guard sameVersion.count > 1 else { return LockedDependency(name: key.name, version: key.version) }
        let others = key.index.map { ["index": LockValue.string($0)] } ?? [:]
        return LockedDependency(name: key.name, version: key.version, others: others)
    }
}
