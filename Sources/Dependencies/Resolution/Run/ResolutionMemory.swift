internal import CondaChannels
internal import CondaSolving
internal import PythonPackaging

/// What was learnt from indexes and is the same for every target, so that the next one need not ask again.
struct ResolutionMemory: Sendable {
    /// What came back from one fetch.
    enum News: Sendable {
        case listing(PackageName, (any VersionListing)?)
        case metadata(String, Result<ParsedMetadata, UnusableMetadata>)
        case distribution(DirectReference, DirectDistribution)
        /// The records of a conda package are there.
        case records
        case provided(CondaArchiveOrder, ProvidedProjects)
        case standIn(CondaMetadataPlace, Result<ParsedMetadata, UnusableMetadata>)
        /// Nothing was learnt.
        case failure(any Error)
    }

    /// What the indexes said about a project; `nil` within if none of them knows it.
    private(set) var listings: [PackageName: (any VersionListing)?] = [:]
    /// The metadata of files, by their URLs.
    private(set) var metadata: [String: Result<ParsedMetadata, UnusableMetadata>] = [:]
    private(set) var distributions: [DirectReference: DirectDistribution] = [:]
    /// What archives of conda packages have, by their URLs.
    private(set) var provided: [String: ProvidedProjects] = [:]
    private(set) var condaMetadata: [CondaMetadataPlace: Result<ParsedMetadata, UnusableMetadata>] = [:]
    /// Conda's side of the last attempt, as it ended.
    var conda: CondaHalf?

    mutating func learn(_ news: News) {
        switch news {
        case .listing(let name, let listing): listings.updateValue(listing, forKey: name)
        case .metadata(let url, let result): metadata[url] = result
        case .distribution(let reference, let distribution): distributions[reference] = distribution
        case .provided(let order, let projects): provided[order.url] = projects
        case .standIn(let place, let result): condaMetadata[place] = result
        case .records, .failure: break
        }
    }

    /// What is known already of something that a run wants; `nil` if it has to be fetched.
    func delivery(of fetch: Fetch, to run: ResolutionRun) -> ResolutionRun.Delivery? {
        switch fetch {
        case .page(let name): listings[name].map { .page($0) }
        case .metadata: run.file(for: fetch).flatMap { metadata[$0.url] }.map { .metadata($0) }
        case .reference(let name, let place):
            run.book.stipulations.references[name].flatMap { distributions[$0[place]] }.map { .distribution($0) }
        case .records(let name): run.conda?.isLoaded(name) == true ? .records : nil
        case .provided(let package, let record):
            run.conda?.archive(of: record, in: package).flatMap { provided[$0.url] }.map { .provided($0) }
        case .standIn(let project, let package, let record):
            run.conda.flatMap { CondaMetadataPlace(project, in: record, of: package, $0) }.flatMap { condaMetadata[$0] }
                .map { .metadata($0) }
        }
    }
}

/// Where the metadata of a project is in an archive of a conda package.
struct CondaMetadataPlace: Hashable, Sendable {
    let distribution: ProvidedDistribution
    let archive: CondaArchiveOrder

    /// `nil` where nobody looked into the record yet, or the project is not in it.
    init?(_ project: PackageName, in record: Int, of package: CondaPackageID, _ conda: CondaHalf) {
        guard let distribution = conda.distribution(of: project, in: record, of: package),
            let archive = conda.archive(of: record, in: package)
        else { return nil }
        self.distribution = distribution
        self.archive = archive
    }
}
