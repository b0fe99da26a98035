public import PythonPackaging

/// What the indexes offer of one project: its versions, newest first.
///
/// Cheap to have: versions and files are decoded when they are looked at, and not kept.
public struct ProjectListing: Sendable {
    public let name: PackageName
    /// How the first index regards the project (PEP 792).
    public let status: ProjectStatus
    private let parts: [Part]
    /// Where several places answer: each version's places in their pages.
    private let merged: [[Place]]?
    /// How many parts at the front are flat indexes, which belong to every index.
    private let flatCount: Int
    private let prefersEarlier: Bool

    /// A page of one index.
    struct Part: Sendable {
        var listing: CachedListing
        var index: PackageIndex
    }

    private struct Place: Sendable {
        var part: Int
        var version: Int
    }

    /// - Parameters:
    ///   - flat: what flat indexes offer; it comes first where files are the same.
    ///   - parts: what indexes offer, in their order.
    ///   - prefersEarlier: whether every version of an earlier index is preferred to those of later ones.
    init(name: PackageName, flat: [Part], parts: [Part], prefersEarlier: Bool = false) {
        self.name = name
        self.parts = flat + parts
        flatCount = flat.count
        self.prefersEarlier = prefersEarlier && parts.count > 1
        status = (parts.first ?? flat.first)?.listing.status ?? .init()
        merged = self.parts.count > 1 ? Self.merge(self.parts) : nil
    }

    private static func merge(_ parts: [Part]) -> [[Place]] {
        var places: [Version: [Place]] = [:]
        for (number, part) in parts.enumerated() {
            for version in 0..<part.listing.versionCount {
                guard let parsed = part.listing.version(version) else { continue }
                places[parsed, default: []].append(Place(part: number, version: version))
            }
        }
        return places.sorted { $0.key > $1.key }.map(\.value)
    }

    /// The place in the order of the indexes from which a version would come: versions of a lower rank are preferred, however
    /// new others are. `nil` where all are alike, that is, unless the strategy is `unsafeFirstMatch`.
    public var indexRanks: [Int]? { prefersEarlier ? indices.map(indexRank) : nil }

    /// The same for one version.
    public func indexRank(at position: Int) -> Int {
        guard prefersEarlier, let first = merged?[position].first else { return 0 }
        return Swift.max(0, first.part - flatCount)
    }
}

extension ProjectListing: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { merged?.count ?? parts.first?.listing.versionCount ?? 0 }

    /// The version at a position, counted from the newest.
    public subscript(position: Int) -> ListedVersion {
        let places = merged?[position] ?? [Place(part: 0, version: position)]
        let pages = places.map { ListedVersion.Page(part: parts[$0.part], version: $0.version) }
        return ListedVersion(version: version(at: places), pages: pages)
    }

    /// All versions, newest first.
    public var versions: [Version] {
        if let merged { return merged.map(version(at:)) }
        guard let listing = parts.first?.listing else { return [] }
        return (0..<listing.versionCount).map { listing.version($0) ?? Self.unknown }
    }

    private static let unknown = Version(release: [0])

    private func version(at places: [Place]) -> Version {
        // The texts were versions when the page was kept, and its checksum holds.
        places.first.flatMap { parts[$0.part].listing.version($0.version) } ?? Self.unknown
    }

    /// The position of a version, equal by PEP 440.
    public func position(of version: Version) -> Int? {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            let found = self[middle].version
            if found == version { return middle }
            if found > version { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
