public import PythonPackaging

/// Where nothing is asked of package indexes: a source that knows no project.
public struct NoPackageIndex: PackageMetadataSource {
    public init() {}

    public var indexDescriptions: [String] { [] }

    public func listing(of project: PackageName) async throws -> (any VersionListing)? { nil }

    public func coreMetadata(of wheel: IndexFile) async throws -> CoreMetadata {
        throw UnusableMetadata(reason: "is on an index, and none is asked")
    }
}
