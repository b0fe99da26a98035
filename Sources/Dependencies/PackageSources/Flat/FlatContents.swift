import Archives
import PythonPackaging
import Synchronization

/// What one folder or page of links offers, by project.
final class FlatContents: Sendable {
    private let files: [PackageName: [IndexFile]]
    private let listings = Mutex<[PackageName: CachedListing]>([:])

    init(_ files: [IndexFile]) {
        var byProject: [PackageName: [IndexFile]] = [:]
        for file in files {
            guard let distribution = try? DistributionFilename(parsing: file.filename) else { continue }
            byProject[distribution.name, default: []].append(file)
        }
        self.files = byProject
    }

    /// What it offers of a project, in the form of a page; `nil` for nothing.
    func listing(of project: PackageName) -> CachedListing? {
        guard let files = files[project] else { return nil }
        return listings.withLock { known in
            if let listing = known[project] { return listing }
            let bytes = ListingEncoder.encode(ProjectPage(files: files), of: project, .init(lifetime: 0))
            let listing = CachedListing(StoredBytes(copying: bytes))
            known[project] = listing
            return listing
        }
    }
}
