import Archives
import Digests
import Interpreters
import PackageSources
import SystemPackage

/// The environments of a cache as their own listings tell them.
actor EnvironmentShelf {
    private nonisolated let cache: CacheDirectory
    private let finder: InterpreterFinder
    private let openClient: @Sendable (Interpreter) async throws -> PackageIndexClient
    /// Files because of which an environment cannot be told.
    private(set) var unknown: [(path: FilePath, problem: FileProblem)] = []

    init(
        cache: CacheDirectory, finder: InterpreterFinder,
        openClient: @escaping @Sendable (Interpreter) async throws -> PackageIndexClient
    ) {
        self.cache = cache
        self.finder = finder
        self.openClient = openClient
    }

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
            folder: record?.folder.map { FilePath($0) }, isCompiled: listing.isCompiled, openFetching: { [openClient] in
                let client = try await openClient(interpreter)
                return { order, path, follower in try await client.fetch(order, to: path, follower) }
            })
    }
}
