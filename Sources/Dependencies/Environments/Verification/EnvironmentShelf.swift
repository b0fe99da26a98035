import Archives
import Digests
import Interpreters
import PackageSources
import SystemPackage

/// The environments of a cache as their own listings tell them.
actor EnvironmentShelf {
    private nonisolated let store: EnvironmentStore
    private let finder: InterpreterFinder
    private let openClient: @Sendable (Interpreter) async throws -> PackageIndexClient
    /// Files because of which an environment cannot be told.
    private(set) var unknown: [(path: FilePath, problem: FileProblem)] = []

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
        guard let interpreter = try? await finder.find(InterpreterRequest(file: listing.interpreter)) else {
            // Without its interpreter nothing can run in it.
            unknown.append((listing.interpreter, .missing))
            return nil
        }
        let record = await BlockingWork.run { EnvironmentOrigin(in: place) }
        return Subject(
            place: place, interpreter: interpreter, orders: listing.orders, digest: listing.digest,
            recordHash: listing.recordHash, lock: (try? record?.parsedLock()) ?? nil,
            folder: record?.folder.map { FilePath($0) }, isCompiled: listing.isCompiled,
            conda: record.flatMap(CondaPart.init(recordedIn:)),
            openFetching: { [store, openClient] in
                try await WheelFetching.opened(supply: store.supply, progress: store.progress) {
                    try await openClient(interpreter)
                }
            })
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
        let orders = store.orders(of: lock, interpreter: interpreter, relativeTo: folder)
        guard let request = try? await orders.request(openClient: { [openClient] in try await openClient(interpreter) }),
            request.digest == record.digest, let wheels = try? await request.orders()
        else { return nil }
        // Only the listing told it. What is compiled already costs nothing to link.
        let isCompiled = await BlockingWork.run { [cache] in
            wheels.allSatisfy { wheel in
                let folder = cache.path(.wheels, wheel.sha256.hex).appending(CompiledWheel.folderName(interpreter))
                return CompiledWheel(at: folder) != nil
            }
        }
        return Subject(
            place: place, interpreter: interpreter, orders: wheels, digest: record.digest, recordHash: nil, lock: lock,
            folder: folder, isCompiled: isCompiled, openFetching: request.openFetching)
    }
}
