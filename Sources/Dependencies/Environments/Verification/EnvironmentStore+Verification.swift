import Archives
public import CondaChannels
import Diagnostics
public import Digests
public import Interpreters
public import Lockfiles
public import PackageSources
public import SystemPackage

extension EnvironmentStore {
    /// Compares environments of this store, and the unpacked wheels that they are linked from, with the hashes that were
    /// recorded when they were made.
    ///
    /// Mending means: a damaged wheel is fetched and unpacked anew, and every environment with a damaged file is built
    /// beside its place and renamed into it. What could not be mended is told in the report, and why.
    ///
    /// - Parameters:
    ///   - digest: of one environment; without it all are looked at, and all wheels in the cache.
    ///   - mends: whether damage is repaired.
    ///   - finder: finds the interpreters of the environments.
    ///   - openArchives: makes what conda packages of damaged files are fetched with; without it they are not mended.
    ///   - openClient: makes the client that damaged wheels are fetched with; not called when none has to be.
    public func verify(
        _ digest: SHA256Digest?, mends: Bool, finder: InterpreterFinder,
        openArchives: (@Sendable () async throws -> CondaArchiveSource)? = nil,
        openClient: @escaping @Sendable (Interpreter) async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> VerificationReport {
        let shelf = EnvironmentShelf(self, finder: finder, openClient: openClient)
        var verification = Verification(self, mends: mends) { wheels in await shelf.subjects(linkedFrom: wheels) }
        verification.mending = CondaMending(store: self, finder: finder, openArchives: openArchives, openClient: openClient)
        let places = await BlockingWork.run { digest.map { [place(of: $0)] } ?? shelf.places }
        let idle = digest == nil ? await BlockingWork.run { shelf.wheels } : []
        progress(.began(.verifying, total: nil))
        try await verification.run(await shelf.subjects(at: places), idle: idle)
        let lost = await shelf.withoutPython
        try await verification.runWithoutPython(lost)
        if mends, !lost.isEmpty { try await verification.run(await shelf.subjects(at: lost.map(\.place))) }
        var report = verification.report
        report.note(await shelf.unknown)
        progress(.ended(.verifying, items: report.files, bytes: report.bytes))
        return report
    }

    /// The same for the environment of a lock with conda packages, which has to be there.
    ///
    /// - Parameters:
    ///   - target: what this machine installs of the lock.
    ///   - openArchives: makes what conda packages of damaged files are fetched with.
    public func verify(
        _ lock: PyLock, for target: LockTarget, relativeTo folder: FilePath? = nil, mends: Bool, finder: InterpreterFinder,
        openArchives: @escaping @Sendable () async throws -> CondaArchiveSource,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> VerificationReport {
        try await verify(
            try await digest(of: lock, for: target, relativeTo: folder), mends: mends, finder: finder,
            openArchives: openArchives) { _ in try await openClient() }
    }

    /// The same for the environment of a lock, which has to be there.
    ///
    /// - Parameters:
    ///   - folder: the folder that paths in the lock are relative to.
    ///   - finder: finds the interpreters of other environments, should a wheel that they share be damaged.
    public func verify(
        _ lock: PyLock, interpreter: Interpreter, relativeTo folder: FilePath? = nil, mends: Bool,
        finder: InterpreterFinder, openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> VerificationReport {
        let orders = orders(of: lock, interpreter: interpreter, relativeTo: folder)
        let request = try await orders.request(openClient: openClient)
        return try await verify(request, mends: mends, finder: finder) { _ in try await openClient() }
    }

    /// The same for the environment of a request.
    package func verify(
        _ request: EnvironmentRequest, mends: Bool, finder: InterpreterFinder,
        openClient: @escaping @Sendable (Interpreter) async throws -> PackageIndexClient
    ) async throws(EnvironmentError) -> VerificationReport {
        let place = place(of: request.digest)
        let listing = await BlockingWork.run { EnvironmentListing(of: place) }
        let orders: [WheelOrder]
        if let listing { orders = listing.orders } else { orders = try await request.orders() }
        let subject = Subject(
            place: place, interpreter: request.interpreter, orders: orders, digest: request.digest,
            recordHash: listing?.recordHash, lock: request.lock, folder: request.folder,
            isCompiled: listing?.isCompiled ?? compilesBytecode, openFetching: request.openFetching)
        let shelf = EnvironmentShelf(self, finder: finder, openClient: openClient)
        var verification = Verification(self, mends: mends) { wheels in await shelf.subjects(linkedFrom: wheels) }
        progress(.began(.verifying, total: nil))
        try await verification.run([subject])
        progress(.ended(.verifying, items: verification.report.files, bytes: verification.report.bytes))
        return verification.report
    }
}

extension VerificationReport {
    /// Environments of which nobody knows any more what they were made of.
    fileprivate mutating func note(_ unknown: [(path: FilePath, problem: FileProblem)]) {
        environments += unknown.count
        damages += unknown.map { Damage(path: $0.path, package: nil, problem: $0.problem) }
        damages.sort { $0.path.string < $1.path.string }
    }
}
