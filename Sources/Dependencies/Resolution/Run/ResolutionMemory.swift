internal import PythonPackaging

/// What was learnt from indexes and is the same for every target, so that the next one need not ask again.
struct ResolutionMemory: Sendable {
    enum News: Sendable {
        case listing(PackageName, (any VersionListing)?)
        case metadata(String, Result<ParsedMetadata, UnusableMetadata>)
        /// Nothing was learnt.
        case failure(any Error)
    }

    /// What the indexes said about a project; `nil` within if none of them knows it.
    private(set) var listings: [PackageName: (any VersionListing)?] = [:]
    /// The metadata of files, by their URLs.
    private(set) var metadata: [String: Result<ParsedMetadata, UnusableMetadata>] = [:]

    mutating func learn(_ news: News) {
        switch news {
        case .listing(let name, let listing): listings.updateValue(listing, forKey: name)
        case .metadata(let url, let result): metadata[url] = result
        case .failure: break
        }
    }
}
