import Archives
import Digests
import Interpreters
import Lockfiles
import PackageSources
import SystemPackage

/// The environments of a cache as their own listings tell them.
actor EnvironmentShelf {
    private nonisolated let store: EnvironmentStore
    private let finder: InterpreterFinder
    private let openClient: @Sendable (Interpreter) async throws -> PackageIndexClient
    /// Files because of which an environment cannot be told.
    private(set) var unknown: [(path: FilePath, problem: FileProblem)] = []
    /// Environments of conda packages whose own Python does not run any more.
    private(set) var withoutPython: [CondaMending.Subject] = []

    init(
        _ store: EnvironmentStore, finder: InterpreterFinder,
        openClient: @escaping @Sendable (Interpreter) async throws -> PackageIndexClient
    ) {
        self.store = store
        self.finder = finder
        self.openClient = openClient
    }

    private nonisolated var cache: CacheDirectory { store.cache }

    /// Where environments are. Blocks.
    nonisolated var places: [FilePath] {
        FileTree.names(in: cache.path(.environments)).filter { $0.allSatisfy(\.isHexDigit) }.sorted()
            .map { cache.path(.environments, $0) }
    }

    /// The unpacked wheels. Blocks.
    nonisolated var wheels: [SHA256Digest] {
        FileTree.names(in: cache.path(.wheels)).sorted().compactMap { SHA256Digest(hex: $0) }
    }

    /// Environments to be verified; those that cannot be told are noted.
    func subjects(at places: [FilePath]) async -> [Subject] {
        var subjects: [Subject] = []
        for place in places {
            if let subject = await subject(at: place) { subjects.append(subject) }
        }
        return subjects
    }

    /// Those that are linked from one of the wheels.
    func subjects(linkedFrom wheels: Set<SHA256Digest>) async -> [Subject] {
        let places = await BlockingWork.run { [self] in
            self.places.filter { EnvironmentListing(of: $0)?.orders.contains { wheels.contains($0.sha256) } ?? false }
        }
        return await subjects(at: places)
    }

    private func subject(at place: FilePath) async -> Subject? {
        guard let listing = await BlockingWork.run({ EnvironmentListing(of: place) }) else {
            let isThere = await BlockingWork.run { FileTree.exists(place) }
            if isThere, let subject = await recorded(at: place) { return subject }
            unknown.append(isThere ? (place.appending(EnvironmentListing.fileName), .listing) : (place, .missing))
            return nil
        }
        let record = await BlockingWork.run { EnvironmentOrigin(in: place, hash: listing.recordHash) }
        if record == nil, listing.interpreter.starts(with: place) {
            // What conda packages it is made of nobody else knows.
            unknown.append((place.appending(EnvironmentOrigin.fileName), .listing))
            return nil
        }
        guard let interpreter = try? await finder.find(InterpreterRequest(file: listing.interpreter)) else {
            let isCompiled = listing.isCompiled
            if let record, let lost = CondaMending.Subject(recorded: record, at: place, isCompiled: isCompiled, interpreter: nil) {
                withoutPython.append(lost)
                return nil
            }
            // Without its interpreter nothing can run in it.
            unknown.append((listing.interpreter, .missing))
            return nil
        }
        return Subject(
            place: place, interpreter: interpreter, orders: listing.orders, digest: listing.digest,
            recordHash: listing.recordHash, lock: (try? record?.parsedLock()) ?? nil,
            folder: record?.folder.map { FilePath($0) }, isCompiled: listing.isCompiled,
            conda: record.flatMap {
                CondaMending.Subject(recorded: $0, at: place, isCompiled: listing.isCompiled, interpreter: interpreter)
            },
            openFetching: openFetching(interpreter))
    }

    private func openFetching(_ interpreter: Interpreter) -> @Sendable () async throws -> EnvironmentRequest.Fetch {
        { [store, openClient] in
            try await WheelFetching.opened(supply: store.supply, progress: store.progress) {
                try await openClient(interpreter)
            }
        }
    }

    /// An environment whose listing is damaged, out of the lock in its record: believed if it comes to the address that the
    /// environment has.
    private func recorded(at place: FilePath) async -> Subject? {
        guard let record = await BlockingWork.run({ EnvironmentOrigin(in: place) }),
            let lock = (try? record.parsedLock()) ?? nil,
            place.lastComponent?.string == EnvironmentStore.folderName(record.digest),
            let interpreter = try? await finder.find(InterpreterRequest(file: FilePath(record.python.executable)))
        else { return nil }
        let folder = record.folder.map { FilePath($0) }
        // Only the listing told it. What is compiled already costs nothing to link.
        func isCompiled(_ wheels: [WheelOrder]) async -> Bool {
            await BlockingWork.run { [cache] in
                wheels.allSatisfy { wheel in
                    let folder = cache.path(.wheels, wheel.sha256.hex).appending(CompiledWheel.folderName(interpreter))
                    return CompiledWheel(at: folder) != nil
                }
            }
        }
        if var conda = CondaMending.Subject(recorded: record, at: place, isCompiled: false, interpreter: interpreter), let contents = try? await store.contents(of: lock, relativeTo: folder) {
            guard conda.part.digest(lock.pythonDigest, contents: contents, linkScripts: conda.linkScripts) == record.digest,
                let wheels = try? await store.orders(of: lock, interpreter: interpreter, relativeTo: folder).all()
            else { return nil }
            if !wheels.isEmpty { conda.isCompiled = await isCompiled(wheels) }
            return Subject(
                place: place, interpreter: interpreter, orders: wheels, digest: record.digest, recordHash: nil, lock: lock,
                folder: folder, conda: conda, openFetching: openFetching(interpreter))
        }
        let orders = store.orders(of: lock, interpreter: interpreter, relativeTo: folder)
        guard let request = try? await orders.request(openClient: { [openClient] in try await openClient(interpreter) }),
            request.digest == record.digest, let wheels = try? await request.orders()
        else { return nil }
        return Subject(
            place: place, interpreter: interpreter, orders: wheels, digest: record.digest, recordHash: nil, lock: lock,
            folder: folder, isCompiled: await isCompiled(wheels), openFetching: request.openFetching)
    }
}
