internal import PythonPackaging

/// What was learnt from indexes and is the same for every target, so that the next one need not ask again.
struct ResolutionMemory: Sendable {
    /// What came back from one fetch.
    enum News: Sendable {
        case listing(PackageName, (any VersionListing)?)
        case metadata(String, Result<ParsedMetadata, UnusableMetadata>)
        case distribution(DirectReference, DirectDistribution)
        /// Nothing was learnt.
        case failure(any Error)
    }

    /// What the indexes said about a project; `nil` within if none of them knows it.
    private(set) var listings: [PackageName: (any VersionListing)?] = [:]
    /// The metadata of files, by their URLs.
    private(set) var metadata: [String: Result<ParsedMetadata, UnusableMetadata>] = [:]
    private(set) var distributions: [DirectReference: DirectDistribution] = [:]

    mutating func learn(_ news: News) {
        switch news {
        case .listing(let name, let listing): listings.updateValue(listing, forKey: name)
        case .metadata(let url, let result): metadata[url] = result
        case .distribution(let reference, let distribution): distributions[reference] = distribution
        case .failure: break
        }
    }

    /// What is known already of something that a run wants; `nil` if it has to be fetched.
    func delivery(of fetch: Fetch, to run: ResolutionRun) -> ResolutionRun.Delivery? {
        switch fetch {
        case .page(let name): listings[name].map { .page($0) }
        case .metadata: run.file(for: fetch).flatMap { metadata[$0.url] }.map { .metadata($0) }
        case .reference(let name, let place):
            run.book.stipulations.references[name].flatMap { distributions[$0[place]] }.map { .distribution($0) }
        }
    }
}
