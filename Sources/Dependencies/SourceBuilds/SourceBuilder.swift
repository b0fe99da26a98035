import Archives
public import Diagnostics
import Digests
import Environments
public import Interpreters
import Lockfiles
public import PackageSources
public import PythonPackaging
public import Resolution
import Synchronization
import SystemPackage

/// Makes metadata and wheels of sources: fetches, unpacks, builds, and keeps what came of it in the cache.
///
/// One serves a whole command, and any number of tasks at once: what several ask for is built once.
public final class SourceBuilder: Sendable {
    let cache: CacheDirectory
    let options: SourceBuildOptions
    /// The variables of the process.
    let environment: [String: String]
    let openClient: @Sendable () async throws -> PackageIndexClient
    let flights = BuildFlights<BuildOutcome>()
    let limit: ConcurrencyLimit
    private let finder: InterpreterFinder
    private let progress: ProgressSink
    private let standIns = Mutex<[PythonTarget: Interpreter]>([:])
    /// Whether what ended processes left behind was looked for.
    private let hasSwept = Atomic<Bool>(false)
    private let commits = Mutex<[DirectRepository: GitCommit]>([:])
    private let archives = Mutex<[DirectArchive: FetchedArchive]>([:])

    var store: BuildStore { BuildStore(cache: cache) }

    /// - Parameters:
    ///   - finder: the Pythons of this machine.
    ///   - environment: the variables of the process; builds get them less those that steer a Python.
    ///   - progress: hears what is built.
    ///   - openClient: makes, or gives, the client of the indexes that build requirements come from.
    public init(
        cache: CacheDirectory, finder: InterpreterFinder, environment: [String: String],
        options: SourceBuildOptions = .init(), progress: @escaping ProgressSink = { _ in },
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) {
        self.cache = cache
        self.finder = finder
        self.environment = environment
        self.options = options
        self.progress = progress
        self.openClient = openClient
        limit = ConcurrencyLimit(options.concurrentBuilds)
    }

    func note(_ text: String) { progress(.note(text)) }

    /// What happens while the environment of a build is made is no part of the work that the person waits for by name.
    var quietProgress: ProgressSink {
        let progress = progress
        return { event in if case .warning = event { progress(event) } }
    }

    // MARK: - Asking

    /// The metadata of a source distribution that an index offers.
    ///
    /// - Throws: where it cannot be had, built, or is of another project than the file's name says.
    public func metadata(of sdist: IndexFile, on interpreter: Interpreter) async throws(SourceBuildError) -> CoreMetadata {
        try await metadata(of: sdist, on: interpreter, asker: nil)
    }

    /// What a direct reference leads to, fetched and pinned.
    ///
    /// - Parameter name: the project that it has to be; anything where nothing is said.
    public func distribution(
        of reference: DirectReference, for name: PackageName?, on interpreter: Interpreter
    ) async throws(SourceBuildError) -> DirectDistribution {
        try await distribution(of: reference, for: name, on: interpreter, asker: nil)
    }

    /// The Python of this machine that stands in for a target's: of the same series if there is one, else the newest.
    public func interpreter(for target: PythonTarget) async throws(InterpreterError) -> Interpreter {
        if let known = standIns.withLock({ $0[target] }) { return known }
        let found = try await finder.standIn(for: target)
        standIns.withLock { $0[target] = found }
        return found
    }

    // MARK: - On behalf of a build

    func metadata(
        of sdist: IndexFile, on interpreter: Interpreter, asker: BuildKey?
    ) async throws(SourceBuildError) -> CoreMetadata {
        let filename: SdistFilename
        do throws(FilenameError) {
            filename = try SdistFilename(parsing: sdist.filename)
        } catch {
            throw .notAProject(what: sdist.filename, reason: error.description, help: nil)
        }
        let what = "\(filename.name) \(filename.version)"
        // Metadata that was kept needs no file.
        if let sha256 = sdist.sha256 {
            var source = Source.archive("", filename: sdist.filename, sha256: sha256, what: what)
            (source.name, source.version) = (filename.name, filename.version)
            let build = build(of: source, isEditable: false, on: interpreter, product: .metadata)
            if let kept = await build.keptMetadata() { return kept }
        }
        var hashes = sdist.otherHashes
        if let sha256 = sdist.sha256 { hashes = ["sha256": sha256.hex] }
        let archive = try await fetch(sdist.url, hashes: hashes, size: sdist.size, what: what)
        var source = Source.archive(archive.path, filename: sdist.filename, sha256: archive.sha256, what: what)
        (source.name, source.version) = (filename.name, filename.version)
        return try await metadata(of: source, isEditable: false, on: interpreter, asker: asker)
    }

    func metadata(
        of source: Source, isEditable: Bool, on interpreter: Interpreter, asker: BuildKey?
    ) async throws(SourceBuildError) -> CoreMetadata {
        let build = build(of: source, isEditable: isEditable, on: interpreter, product: .metadata)
        let outcome = try await flights.value(for: build.key, asker: asker) { () async throws(SourceBuildError) in
            .metadata(try await build.metadata())
        }
        guard case .metadata(let metadata) = outcome else { throw .cancelled }
        try source.check(metadata)
        return metadata
    }

    func wheel(
        of source: Source, isEditable: Bool, on interpreter: Interpreter, asker: BuildKey?
    ) async throws(SourceBuildError) -> BuiltWheel {
        let build = build(of: source, isEditable: isEditable, on: interpreter, product: isEditable ? .editable : .wheel)
        let outcome = try await flights.value(for: build.key, asker: asker) { () async throws(SourceBuildError) in
            .wheel(try await build.wheel())
        }
        guard case .wheel(let wheel) = outcome else { throw .cancelled }
        return wheel
    }

    private func build(
        of source: Source, isEditable: Bool, on interpreter: Interpreter, product: BuildKey.Product
    ) -> SourceBuild {
        let digest = SHA256Digest(hashing: "\(source.digest)\n\(isEditable)\n\(interpreter.identity)")
        return SourceBuild(
            builder: self, source: source, interpreter: interpreter, isEditable: isEditable,
            key: BuildKey(product: product, digest: digest, what: source.what))
    }

    /// Puts the files of a source where hooks can be run.
    func open(_ source: Source) async throws(SourceBuildError) -> SourceTree {
        if case .folder(let path) = source.origin { return SourceTree(project: path, owned: nil) }
        let isFirst = hasSwept.exchange(true, ordering: .relaxed) == false
        let owned = try await BlockingWork.run { () throws(SourceBuildError) in
            if isFirst { Folders.sweep(self.cache) }
            return try Folders.temporary("source", in: self.cache)
        }
        do throws(SourceBuildError) {
            let root: FilePath
            switch source.origin {
            case .folder(let path): root = path
            case .archive(let file, let filename):
                root = try await SourceArchive(file: file, filename: filename, what: source.what)
                    .unpack(into: owned.appending("unpacked"))
            case .commit(let commit):
                root = owned.appending("checkout")
                try await mirror(of: commit.repository).export(commit, to: root)
            }
            let project = try await BlockingWork.run { () throws(SourceBuildError) in
                try SourceTree.project(in: root, subdirectory: source.subdirectory, what: source.what)
            }
            return SourceTree(project: project, owned: owned)
        } catch {
            await BlockingWork.run { FileTree.remove(owned) }
            throw error
        }
    }

    // MARK: - Repositories and archives

    func mirror(of repository: GitRepository) -> GitMirror {
        GitMirror(
            repository: repository,
            git: GitCommand(repository: repository, variables: environment, cache: cache, timeout: options.timeout),
            cache: cache, isOffline: options.isOffline)
    }

    /// The commit that a reference means; the same for all who ask this builder.
    func commit(of reference: DirectRepository) async throws(SourceBuildError) -> GitCommit {
        if let known = commits.withLock({ $0[reference] }) { return known }
        var mirror = mirror(of: try GitRepository(reference.url))
        if let client = try? await openClient(), client.configuration.isOffline { mirror.isOffline = true }
        let found = try await mirror.commit(for: reference.revision)
        return commits.withLock { commits in
            if let first = commits[reference] { return first }
            commits[reference] = found
            return found
        }
    }

    /// An archive by its URL; the same for all who ask this builder.
    func archive(of reference: DirectArchive, what: String) async throws(SourceBuildError) -> FetchedArchive {
        if let known = archives.withLock({ $0[reference] }) { return known }
        let found = try await fetch(reference.url, hashes: reference.hashes, size: nil, what: what)
        archives.withLock { $0[reference] = found }
        return found
    }
}

/// What a flight brings.
enum BuildOutcome: Sendable {
    case metadata(CoreMetadata)
    case wheel(BuiltWheel)
    case environment(BuiltEnvironment)
}
