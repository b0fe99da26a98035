import Archives
public import Diagnostics
import Digests
import Interpreters
public import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The environments of this machine.
public struct EnvironmentStore: Sendable {
    let cache: CacheDirectory
    let progress: ProgressSink
    /// Makes wheels of locked sources; without it locks must have wheels.
    let builder: (any WheelBuilding)?
    /// Whether the modules of environments that are built are compiled, with the interpreter that will load them.
    var compilesBytecode: Bool
    /// Where wheels can be had without an index; asked before it where it has them on this machine.
    package var supply: ArchiveSupply?
    /// Whether the files of wheels that come from an index stay in the cache, for a snapshot.
    package var keepsArchives = false
    /// How conda packages are installed.
    public var conda = CondaInstallOptions()
    private let methods = LinkMethods()

    /// - Parameters:
    ///   - builder: makes wheels of source distributions, repositories and folders; a lock with such is refused without it.
    ///   - compilesBytecode: whether modules are compiled when an environment is built. What was compiled of a wheel is
    ///     kept for other environments of the same interpreter.
    ///   - progress: Hears of downloading, unpacking and linking, and of waiting for another process.
    public init(
        cache: CacheDirectory, builder: (any WheelBuilding)? = nil, compilesBytecode: Bool = false,
        progress: @escaping ProgressSink = { _ in }
    ) {
        self.cache = cache
        self.builder = builder
        self.compilesBytecode = compilesBytecode
        self.progress = progress
    }

    /// The name of an environment's folder. Half of the digest tells environments apart as well, and keeps the first line
    /// of scripts short enough for every kernel.
    static func folderName(_ digest: SHA256Digest) -> String { String(digest.hex.prefix(32)) }

    static func lockName(_ folder: String) -> String { "environment \(folder)" }

    /// The environment, if it is there: costs one question to the file system.
    ///
    /// - Parameter proof: what is written last, where the place may hold something unfinished.
    private func ready(
        _ digest: SHA256Digest, _ python: FilePath, _ hold: CacheLock?, proof: FilePath?
    ) -> BuiltEnvironment? {
        let place = place(of: digest)
        // Following the link answers for the interpreter too.
        guard access(python.string, X_OK) == 0, proof.map({ access($0.string, F_OK) == 0 }) ?? true else { return nil }
        noteUse(of: place)
        return BuiltEnvironment(
            path: place, python: python, digest: digest, hold: hold, wasBuilt: false, warnings: [])
    }

    /// Builds an environment unless it exists. Of all processes that want it one builds, the others wait for it.
    package func ensure(_ request: EnvironmentRequest) async throws(EnvironmentError) -> BuiltEnvironment {
        let place = place(of: request.digest)
        let python = EnvironmentPaths(root: place, layout: request.interpreter.layout).python
        return try await ensure(request.digest, python: python) { (hold) async throws(EnvironmentError) in
            try await build(request, at: place, hold)
        }
    }

    /// The same for any kind of environment.
    ///
    /// - Parameters:
    ///   - python: what is there in an environment that is there.
    ///   - proof: what is written last, where the place may hold something unfinished.
    ///   - build: builds it at its place, with what keeps it from being removed.
    func ensure(
        _ digest: SHA256Digest, python: FilePath, proof: FilePath? = nil,
        build: (CacheLock?) async throws(EnvironmentError) -> BuiltEnvironment
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        let folder = Self.folderName(digest)
        // Before it is looked at: from now on nobody removes it.
        let hold = try await hold(folder)
        if let ready = ready(digest, python, hold, proof: proof) { return ready }
        let lock: CacheLock
        do throws(PackageSourceError) {
            lock = try await cache.lock(Self.lockName(folder)) {
                progress(.note("another process builds the same environment; waiting for it"))
            }
        } catch {
            throw EnvironmentError(error)
        }
        defer { lock.release() }
        if let ready = ready(digest, python, hold, proof: proof) { return ready }
        let discarded = await BlockingWork.run { Drafts.discard(cache, held: folder) }
        async let swept: Void = BlockingWork.run { for path in discarded { FileTree.remove(path) } }
        do throws(EnvironmentError) {
            let built = try await build(hold)
            await swept
            return built
        } catch {
            await swept
            // What could not be removed while files could not be opened.
            await BlockingWork.run { for path in Drafts.discard(cache, held: folder) { FileTree.remove(path) } }
            throw error
        }
    }

    /// Builds an environment at a place of the person's choice, out of the same cache of unpacked wheels.
    ///
    /// - Parameter place: must not exist, or be an empty folder.
    func create(
        _ request: EnvironmentRequest, at place: FilePath
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        try await build(request, at: place, nil)
    }

    private func build(
        _ request: EnvironmentRequest, at place: FilePath, _ hold: CacheLock?
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        // Wheels are not removed from the cache before they are linked.
        let use = try await useOfCache()
        defer { use?.release() }
        let orders = try await request.orders()
        let warnings = try await wheelBuilder(request, orders, at: place).build(orders)
        let python = EnvironmentPaths(root: place, layout: request.interpreter.layout).python
        return BuiltEnvironment(
            path: place, python: python, digest: request.digest, hold: hold, wasBuilt: true, warnings: warnings)
    }

    /// - Parameters:
    ///   - conda: the conda packages that its Python is one of.
    ///   - scripts: what became of their scripts.
    func wheelBuilder(
        _ request: EnvironmentRequest, _ orders: [WheelOrder], at place: FilePath, conda: CondaPart? = nil,
        scripts: EnvironmentOrigin.LinkScripts? = nil
    ) -> EnvironmentBuilder {
        var origin = EnvironmentOrigin(request, orders, created: .now())
        if let conda { origin.note(conda, at: place, scripts) }
        return EnvironmentBuilder(
            cache: cache, place: place, interpreter: request.interpreter, methods: methods, progress: progress,
            origin: origin, compilesBytecode: compilesBytecode, keepsArchives: keepsArchives,
            openFetching: request.openFetching)
    }

    /// Keeps what builds need from being pruned. Nothing where the cache may not be written to.
    func useOfCache() async throws(EnvironmentError) -> CacheLock? {
        do throws(PackageSourceError) {
            return try await cache.use()
        } catch {
            if case .cancelled = error { throw .cancelled }
            return nil
        }
    }

    func place(of digest: SHA256Digest) -> FilePath { cache.path(.environments, Self.folderName(digest)) }
}
