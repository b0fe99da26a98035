import Archives
import PythonPackaging

/// Asks several indexes about a project, in the order and with the consequences that the strategy says.
struct PageSearch: Sendable {
    let configuration: IndexConfiguration
    let pages: PageFetcher
    let flat: FlatShelf

    /// The places that may answer for a project.
    private func places(
        of name: PackageName, _ environment: MarkerEnvironment?
    ) -> (indexes: [PackageIndex], flat: [PackageIndex]) {
        // Who pins a package to an index wants nothing else.
        if let index = configuration.pin(for: name, in: environment) { return ([index], []) }
        return (configuration.indexes, configuration.flatIndexes)
    }

    /// The page out of the cache alone: `nil` where something else would have to be asked, `.some(nil)` where the cache
    /// knows that no index has the project.
    func freshPage(for name: PackageName, _ environment: MarkerEnvironment?) -> ProjectListing?? {
        let (indexes, flatIndexes) = places(of: name, environment)
        var flat: [ProjectListing.Part] = []
        for index in flatIndexes {
            guard let contents = self.flat[index] else { return nil }
            if let listing = contents.listing(of: name) { flat.append(.init(listing: listing, index: index)) }
        }
        var parts: [ProjectListing.Part] = []
        for index in indexes {
            guard index.layout == .projects, let listing = pages.freshPage(index, name) else { return nil }
            if listing.isMissing { continue }
            parts.append(.init(listing: listing, index: index))
            if configuration.strategy == .firstIndex { break }
        }
        return .some(listing(name, flat, parts))
    }

    /// - Throws: also where one of several indexes cannot be asked: the next one might answer with a stranger's package.
    func page(
        for name: PackageName, _ environment: MarkerEnvironment?
    ) async throws(PackageSourceError) -> ProjectListing? {
        let (indexes, flatIndexes) = places(of: name, environment)
        var flat: [ProjectListing.Part] = []
        for index in flatIndexes {
            if let part = try await part(index, name) { flat.append(part) }
        }
        var parts: [ProjectListing.Part] = []
        if configuration.strategy == .firstIndex {
            for index in indexes {
                guard let part = try await part(index, name) else { continue }
                parts.append(part)
                break
            }
        } else {
            parts = try await allParts(indexes, name)
        }
        return listing(name, flat, parts)
    }

    private func listing(
        _ name: PackageName, _ flat: [ProjectListing.Part], _ parts: [ProjectListing.Part]
    ) -> ProjectListing? {
        guard !flat.isEmpty || !parts.isEmpty else { return nil }
        return ProjectListing(
            name: name, flat: flat, parts: parts, prefersEarlier: configuration.strategy == .unsafeFirstMatch)
    }

    /// What one index offers; `nil` if it does not know the project.
    private func part(
        _ index: PackageIndex, _ name: PackageName
    ) async throws(PackageSourceError) -> ProjectListing.Part? {
        do throws(PackageSourceError) {
            let listing: CachedListing?
            if index.layout == .flat {
                listing = try await flat.contents(of: index).listing(of: name)
            } else if let fresh = pages.freshPage(index, name) {
                listing = fresh
            } else {
                listing = try await pages.page(index, name)
            }
            guard let listing, !listing.isMissing else { return nil }
            return .init(listing: listing, index: index)
        } catch .cancelled {
            throw .cancelled
        } catch {
            throw .index(index, project: name, cause: error)
        }
    }

    /// The pages of all indexes that know the project, asked at once, in the order of the indexes.
    private func allParts(
        _ indexes: [PackageIndex], _ name: PackageName
    ) async throws(PackageSourceError) -> [ProjectListing.Part] {
        let results = await withTaskGroup { tasks in
            for (position, index) in indexes.enumerated() {
                tasks.addTask {
                    let result: Result<ProjectListing.Part?, PackageSourceError>
                    do throws(PackageSourceError) {
                        result = .success(try await part(index, name))
                    } catch {
                        result = .failure(error)
                    }
                    return (position, result)
                }
            }
            var results: [(position: Int, result: Result<ProjectListing.Part?, PackageSourceError>)] = []
            for await result in tasks { results.append(result) }
            return results.sorted { $0.position < $1.position }
        }
        var parts: [ProjectListing.Part] = []
        for (_, result) in results { if let part = try result.get() { parts.append(part) } }
        return parts
    }
}

/// The contents of flat indexes, each fetched once.
final class FlatShelf: Sendable {
    private let flights = Flights<PackageIndex, FlatContents>()
    private let fetcher: FlatFetcher

    init(_ fetcher: FlatFetcher) { self.fetcher = fetcher }

    /// What has been fetched already.
    subscript(index: PackageIndex) -> FlatContents? { flights[index] }

    func contents(of index: PackageIndex) async throws(PackageSourceError) -> FlatContents {
        if let known = flights[index] { return known }
        let fetcher = fetcher
        return try await flights.value(for: index) { () async throws(PackageSourceError) in
            try await fetcher.contents(of: index)
        }
    }

    func cancel() { flights.cancel() }
}
