public import PythonPackaging

/// Where a resolution learns which versions there are and what they need.
///
/// Many requests are made at the same time, some of them on speculation.
public protocol PackageMetadataSource: Sendable {
    /// What the indexes offer for a project; `nil` if none of them knows it.
    func listing(of project: PackageName) async throws -> (any VersionListing)?

    /// The core metadata of a wheel.
    ///
    /// - Throws: `UnusableMetadata` for metadata that was read and is not what it has to be. Any other error ends the
    ///   resolution, if it turns out that the wheel matters.
    func metadata(of wheel: IndexFile) async throws -> CoreMetadata

    /// The indexes that are asked, in order, as they may be shown: without credentials.
    var indexDescriptions: [String] { get }
}

/// The versions of one project.
public protocol VersionListing: Sendable {
    /// Newest first, each once.
    var versions: [Version] { get }

    /// The files of the version at a position of `versions`: wheels and source distributions, in any order.
    func files(at position: Int) -> [IndexFile]
}

/// Metadata of a wheel that cannot be used; the wheel's version is passed over.
public struct UnusableMetadata: Error, Hashable, Sendable {
    /// What is wrong, as the rest of a sentence that begins with the version: "has metadata without a name".
    public let reason: String

    public init(reason: String) { self.reason = reason }
}
