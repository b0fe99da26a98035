import Archives
import CondaPackaging
import Digests
public import PackageSources
import SystemPackage

/// Finds out which Python projects conda packages provide: by the list of files in the package, of which only that part is
/// fetched where the server knows ranges. Answers are kept by the archive's hash.
public struct PackageInfoReader: Sendable {
    private let source: CondaArchiveSource
    private let store: ProvidedStore

    public init(_ source: CondaArchiveSource, cache: CacheDirectory) {
        self.source = source
        store = ProvidedStore(cache: cache)
    }

    /// The Python projects in an archive.
    ///
    /// - Throws: `.notAPackage` for an archive without a list of files, `.archive` where it cannot be fetched.
    public func provided(by order: CondaArchiveOrder) async throws(CondaChannelError) -> ProvidedProjects {
        let store = store
        if let kept = await BlockingWork.run({ store.projects(of: order) }) { return kept }
        let projects = try await read(order)
        await BlockingWork.run { store.keep(projects, of: order) }
        return projects
    }

    /// How many archives are looked into at once.
    private static let many = 16

    /// The Python projects in each of several archives, in their order; some of them are looked into at once.
    ///
    /// - Throws: What went wrong with the first one that something went wrong with; nothing more is begun then.
    public func provided(by orders: [CondaArchiveOrder]) async throws(CondaChannelError) -> [ProvidedProjects] {
        // The same archive is asked for once.
        var places: [CondaArchiveOrder: Int] = [:]
        for order in orders where places[order] == nil { places[order] = places.count }
        let distinct = places.sorted { $0.value < $1.value }.map(\.key)
        do {
            let found = try await withThrowingTaskGroup(of: (Int, ProvidedProjects).self) { group in
                var found: [Int: ProvidedProjects] = [:]
                var next = 0
                while next < distinct.count || found.count < distinct.count {
                    while next < distinct.count, next - found.count < Self.many {
                        let place = next
                        group.addTask { (place, try await provided(by: distinct[place])) }
                        next += 1
                    }
                    guard let (place, projects) = try await group.next() else { break }
                    found[place] = projects
                }
                return found
            }
            return orders.compactMap { order in places[order].flatMap { found[$0] } }
        } catch {
            throw error as? CondaChannelError ?? .cancelled
        }
    }

    /// The metadata of a Python project in an archive (`METADATA`, `PKG-INFO`): for the extras that it has. The archive is
    /// fetched for it, and kept as for installing it.
    ///
    /// - Throws: `.notAPackage` for an archive that does not have what it lists.
    public func metadata(of distribution: ProvidedDistribution, in order: CondaArchiveOrder) async throws(CondaChannelError) -> [UInt8] {
        let archive = try await source.fetch(order)
        return try await ProcessorThreads.run { () throws(CondaChannelError) in
            try PackageFiles.content(distribution.metadataPath, of: archive.path, order)
        }
    }

    private func read(_ order: CondaArchiveOrder) async throws(CondaChannelError) -> ProvidedProjects {
        if order.url.hasSuffix(ArchiveName.Format.conda.rawValue), !store.hasArchive(order), let projects = try await byRanges(order) {
            return projects
        }
        let archive = try await source.fetch(order)
        return try await ProcessorThreads.run { () throws(CondaChannelError) in
            try PackageFiles.listing(of: archive.path, order)
        }
    }

    /// By two or three requests; `nil` where the server does not know ranges, or does not tell the truth about them.
    private func byRanges(_ order: CondaArchiveOrder) async throws(CondaChannelError) -> ProvidedProjects? {
        guard let ranges = try source.ranges(of: order) else { return nil }
        let packed: [UInt8]
        do {
            packed = try await Self.information(in: ranges, order)
        } catch is ArchiveError {
            return nil
        } catch let error as PackageSourceError {
            if case .cancelled = error { throw .cancelled }
            // Mirrors, and words for what went wrong, are the affair of whoever fetches the whole.
            return nil
        } catch {
            return nil
        }
        return try await ProcessorThreads.run { () throws(CondaChannelError) in
            try PackageFiles.listing(inInformation: packed, order)
        }
    }

    private static func information(in ranges: some ByteRangeSource, _ order: CondaArchiveOrder) async throws -> [UInt8] {
        let zip = try await RemoteZip(ranges, name: order.url)
        return try await zip.contents(of: try PackageFiles.informationEntry(in: zip.entries, order))
    }
}
