public import PythonPackaging

/// One version of a project and its files.
public struct ListedVersion: Sendable {
    public let version: Version
    private let pages: [Page]

    /// The version's place in the page of one index.
    struct Page: Sendable {
        var part: ProjectListing.Part
        var version: Int

        func has(_ flag: UInt32) -> Bool { part.listing.versionHas(flag, version) }
        var files: Range<Int> { part.listing.files(ofVersion: version) }

        func listed(_ file: Int) -> ListedFile {
            ListedFile(file: part.listing.file(file), index: part.index)
        }
    }

    init(version: Version, pages: [Page]) {
        self.version = version
        self.pages = pages
    }

    /// Whether there is any wheel, for whatever platform.
    public var hasWheels: Bool { pages.contains { $0.has(ListingFormat.VersionFlags.hasWheels) } }

    public var hasSdists: Bool { pages.contains { $0.has(ListingFormat.VersionFlags.hasSdists) } }

    /// Whether all its files were taken back (PEP 592).
    public var isYanked: Bool { pages.allSatisfy { $0.has(ListingFormat.VersionFlags.isYanked) } }

    /// Its files, decoded now. A file that several indexes offer comes from the first of them.
    public var files: [ListedFile] {
        var files: [ListedFile] = []
        for page in pages {
            for number in page.files {
                let name = page.part.listing.filename(ofFile: number)
                if pages.count > 1, files.contains(where: { $0.file.filename == name }) { continue }
                files.append(page.listed(number))
            }
        }
        return files
    }

    /// The wheel that fits best, by tag and then by build number; `nil` if none can be installed.
    ///
    /// Only names are looked at before the choice, which costs less than going through `files`.
    ///
    /// - Parameter isAllowed: asked about fitting wheels in the order of preference until it says yes.
    public func bestWheel(
        for tags: TagList, where isAllowed: (ListedFile) -> Bool = { _ in true }
    ) -> ListedWheel? {
        guard hasWheels else { return nil }
        var candidates: [(rank: Int, wheel: WheelFilename, page: Page, file: Int)] = []
        for page in pages {
            for number in page.files {
                let listing = page.part.listing
                guard let rank = listing.withFilename(ofFile: number, tags.bestRank(ofFileNamed:)),
                    let wheel = try? WheelFilename(parsing: listing.filename(ofFile: number))
                else { continue }
                candidates.append((rank, wheel, page, number))
            }
        }
        // Insertion sort keeps the order of the indexes among equals; there are a handful.
        for end in candidates.indices.dropFirst() {
            var place = end
            while place > 0, Self.precedes(candidates[place], candidates[place - 1]) {
                candidates.swapAt(place, place - 1)
                place -= 1
            }
        }
        for candidate in candidates {
            let listed = candidate.page.listed(candidate.file)
            if isAllowed(listed) { return ListedWheel(filename: candidate.wheel, listed: listed, rank: candidate.rank) }
        }
        return nil
    }

    private typealias Candidate = (rank: Int, wheel: WheelFilename, page: Page, file: Int)

    private static func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        guard let build = left.wheel.build else { return false }
        return right.wheel.build.map { build > $0 } ?? true
    }
}

/// A file as an index offers it.
public struct ListedFile: Sendable, Hashable {
    public let file: IndexFile
    /// The index that offers it.
    public let index: PackageIndex

    public init(file: IndexFile, index: PackageIndex) {
        self.file = file
        self.index = index
    }

    /// What its name says.
    public var distribution: DistributionFilename? { try? DistributionFilename(parsing: file.filename) }
}

/// A wheel that can be installed.
public struct ListedWheel: Sendable, Hashable {
    public let filename: WheelFilename
    public let listed: ListedFile
    /// The place of its best tag in the tag list, 0 for the most preferred.
    public let rank: Int

    public var file: IndexFile { listed.file }
    public var index: PackageIndex { listed.index }
}
