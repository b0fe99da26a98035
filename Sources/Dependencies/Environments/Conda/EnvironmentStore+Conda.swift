import Archives
public import CondaChannels
public import Digests
public import Interpreters
public import Lockfiles
public import PackageSources
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// Environments whose Python is a conda package.
extension EnvironmentStore {
    /// The environment of a lock with conda packages, built unless it exists: the conda packages for the target, and the wheels
    /// of the lock in the `site-packages` of their Python.
    ///
    /// - Parameters:
    ///   - target: one that the lock has conda packages for, and that this machine can run.
    ///   - folder: the folder that paths in the lock are relative to.
    ///   - finder: lets the Python of the environment describe itself.
    ///   - openArchives: makes what missing conda packages are fetched with; not called when none is missing.
    ///   - openClient: makes the client that missing wheels are fetched with; not called when none is missing.
    public func ensure(
        _ lock: PyLock, for target: LockTarget, relativeTo folder: FilePath? = nil, finder: InterpreterFinder,
        openArchives: @escaping @Sendable () async throws -> CondaArchiveSource,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        let request = CondaRequest(
            lock: lock, part: try CondaPart(of: lock, for: target), folder: folder, finder: finder,
            openArchives: openArchives, openClient: openClient)
        return try await ensure(request)
    }

    /// Builds the same at a place of the person's choice.
    ///
    /// - Parameter place: absolute; must not exist, or be an empty folder. The packages name it: the environment cannot be moved.
    public func create(
        _ lock: PyLock, for target: LockTarget, at place: FilePath, relativeTo folder: FilePath? = nil,
        finder: InterpreterFinder, openArchives: @escaping @Sendable () async throws -> CondaArchiveSource,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        let request = CondaRequest(
            lock: lock, part: try CondaPart(of: lock, for: target), folder: folder, finder: finder,
            openArchives: openArchives, openClient: openClient)
        return try await build(request, await digest(request), at: place, nil)
    }

    /// What the environment is addressed by, whether or not it is there.
    ///
    /// - Parameter folder: the folder that paths in the lock are relative to.
    public func digest(
        of lock: PyLock, for target: LockTarget, relativeTo folder: FilePath? = nil
    ) async throws(EnvironmentError) -> SHA256Digest {
        let part = try CondaPart(of: lock, for: target)
        return part.digest(
            lock.pythonDigest, contents: try await contents(of: lock, relativeTo: folder), linkScripts: conda.linkScripts)
    }

    func ensure(_ request: CondaRequest) async throws(EnvironmentError) -> BuiltEnvironment {
        let digest = try await digest(request)
        let built = try await ensure(
            digest, python: place(of: digest).pushing(FilePath(CondaRequest.command)),
            proof: place(of: digest).appending(EnvironmentListing.fileName)
        ) { (hold) async throws(EnvironmentError) in
            try await build(request, digest, at: place(of: digest), hold)
        }
        if built.interpreter != nil { return built }
        return built.with(try await CondaEnvironmentBuilder.interpreter(in: built.path, request.finder))
    }

    private func digest(_ request: CondaRequest) async throws(EnvironmentError) -> SHA256Digest {
        request.part.digest(
            request.lock.pythonDigest, contents: try await contents(of: request.lock, relativeTo: request.folder),
            linkScripts: conda.linkScripts)
    }

    func build(
        _ request: CondaRequest, _ digest: SHA256Digest, at place: FilePath, _ hold: CacheLock?
    ) async throws(EnvironmentError) -> BuiltEnvironment {
        // Packages are not removed from the cache before they are linked.
        let use = try await useOfCache()
        defer { use?.release() }
        let warnings = try await CondaEnvironmentBuilder(store: self, request: request, digest: digest, place: place).build()
        let interpreter = try await CondaEnvironmentBuilder.interpreter(in: place, request.finder)
        return BuiltEnvironment(
            path: place, python: place.pushing(FilePath(CondaRequest.command)), digest: digest, hold: hold, wasBuilt: true,
            warnings: warnings, interpreter: interpreter)
    }

    /// What the folders that the lock installs hold at the moment.
    func contents(of lock: PyLock, relativeTo folder: FilePath?) async throws(EnvironmentError) -> [SHA256Digest] {
        var digests: [SHA256Digest] = []
        for package in lock.packages {
            guard case .directory(let directory) = package.source, let builder else { continue }
            do {
                digests.append(try await builder.contentDigest(of: directory, relativeTo: folder))
            } catch {
                throw Task.isCancelled ? .cancelled : .notBuilt(package: "\(package)", cause: error)
            }
        }
        return digests
    }
}
