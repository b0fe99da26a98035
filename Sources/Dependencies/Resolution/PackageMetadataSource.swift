public import PythonPackaging

/// Where a resolution learns which versions there are and what they need.
///
/// Many requests are made at the same time, some of them on speculation.
public protocol PackageMetadataSource: Sendable {
    /// What the indexes offer for a project; `nil` if none of them knows it.
    func listing(of project: PackageName) async throws -> (any VersionListing)?

    /// The core metadata of a wheel or, if `canBuild`, of a source distribution.
    ///
    /// - Throws: `UnusableMetadata` for metadata that was read and is not what it has to be. Any other error ends the
    ///   resolution, if it turns out that the wheel matters.
    func coreMetadata(of wheel: IndexFile) async throws -> CoreMetadata

    /// What a direct reference leads to, fetched and pinned.
    ///
    /// - Parameter name: the project that it is said to be, for messages.
    func distribution(of reference: DirectReference, for name: PackageName) async throws -> DirectDistribution

    /// Whether files count of which no SHA-256 is known: `withHash` then finds it out for those that are chosen.
    var canHash: Bool { get }

    /// The file with its SHA-256, fetched and hashed where its index does not tell it.
    func withHash(of file: IndexFile) async throws -> IndexFile

    /// Whether source distributions can be built, so that versions without a fitting wheel count.
    var canBuild: Bool { get }

    /// The indexes that are asked, in order, as they may be shown: without credentials.
    var indexDescriptions: [String] { get }

    /// The same source as it answers for a target, where that matters: builds take a Python like the target's.
    ///
    /// Called once for each target, before anything is asked.
    func source(for target: PythonTarget) async throws -> any PackageMetadataSource
}

extension PackageMetadataSource {
    public var canBuild: Bool { false }

    public var canHash: Bool { false }

    public func withHash(of file: IndexFile) async throws -> IndexFile { file }

    public func source(for target: PythonTarget) async throws -> any PackageMetadataSource { self }

    public func distribution(of reference: DirectReference, for name: PackageName) async throws -> DirectDistribution {
        throw UnusableMetadata(reason: "is not on a package index, and this source knows nothing else")
    }
}

/// The versions of one project.
public protocol VersionListing: Sendable {
    /// Newest first, each once.
    var versions: [Version] { get }

    /// The files of the version at a position of `versions`: wheels and source distributions, in any order.
    func files(at position: Int) -> [OfferedFile]

    /// The wheel of a version that fits best, by tag and then by build number; `nil` if none fits.
    ///
    /// - Parameter isAllowed: asked about fitting wheels in the order of preference until it says yes.
    func bestWheel(
        at position: Int, for tags: TagList, where isAllowed: (IndexFile) -> Bool
    ) -> OfferedFile?

    /// For each version a rank: those of a lower one are preferred, however old they are. `nil` where all are alike, as they
    /// are as a rule; the place of the index under the strategy `unsafe-first-match`.
    var indexRanks: [Int]? { get }
}

extension VersionListing {
    public var indexRanks: [Int]? { nil }
}

/// A file, and the index that offers it.
public struct OfferedFile: Sendable, Hashable {
    public var file: IndexFile
    /// The address of the index without credentials.
    public var index: String

    public init(_ file: IndexFile, index: String) {
        self.file = file
        self.index = index
    }
}

extension VersionListing {
    public func bestWheel(
        at position: Int, for tags: TagList, where isAllowed: (IndexFile) -> Bool
    ) -> OfferedFile? {
        var fitting: [(offered: OfferedFile, build: BuildNumber?, rank: Int)] = []
        for offered in files(at: position) {
            guard let name = try? WheelFilename(parsing: offered.file.filename) else { continue }
            if let rank = tags.bestRank(of: name) { fitting.append((offered, name.build, rank)) }
        }
        fitting.sort { left, right in
            if left.rank != right.rank { return left.rank < right.rank }
            guard left.build != right.build else {
                return left.offered.file.filename.utf8.lexicographicallyPrecedes(right.offered.file.filename.utf8)
            }
            guard let build = left.build else { return false }
            return right.build.map { build > $0 } ?? true
        }
        return fitting.first { isAllowed($0.offered.file) }?.offered
    }
}

/// Metadata of a wheel that cannot be used; the wheel's version is passed over.
public struct UnusableMetadata: Error, Hashable, Sendable {
    /// What is wrong, as the rest of a sentence that begins with the version: "has metadata without a name".
    public let reason: String

    public init(reason: String) { self.reason = reason }
}
