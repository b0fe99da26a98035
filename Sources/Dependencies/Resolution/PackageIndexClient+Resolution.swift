public import PackageSources
public import PythonPackaging

extension PackageIndexClient: PackageMetadataSource {
    public func listing(of project: PackageName) async throws -> (any VersionListing)? {
        try await page(for: project)
    }

    /// - Parameter environment: where the packages are to be installed, for pins that hold in some places only.
    package func listing(
        of project: PackageName, in environment: MarkerEnvironment?
    ) async throws -> (any VersionListing)? {
        try await page(for: project, in: environment)
    }

    public func source(for target: PythonTarget) async throws -> any PackageMetadataSource {
        guard configuration.pins.contains(where: { $0.marker != nil }) else { return self }
        return IndexesForTarget(client: self, environment: target.markerEnvironment)
    }

    public func coreMetadata(of wheel: IndexFile) async throws -> CoreMetadata {
        do throws(PackageSourceError) {
            return try await metadata(of: wheel)
        } catch .metadata(_, _, let reason) {
            throw UnusableMetadata(reason: "has metadata that cannot be used: \(reason)")
        }
    }

    public var canHash: Bool { true }

    public func withHash(of file: IndexFile) async throws -> IndexFile { try await withHash(file) }

    public var indexDescriptions: [String] {
        (configuration.indexes + configuration.flatIndexes).map(\.address.url)
    }
}

/// Indexes as they answer for one target, where packages are pinned to an index for some targets only.
private struct IndexesForTarget: PackageMetadataSource {
    let client: PackageIndexClient
    let environment: MarkerEnvironment

    func listing(of project: PackageName) async throws -> (any VersionListing)? {
        try await client.listing(of: project, in: environment)
    }

    func coreMetadata(of wheel: IndexFile) async throws -> CoreMetadata { try await client.coreMetadata(of: wheel) }

    func source(for target: PythonTarget) async throws -> any PackageMetadataSource {
        try await client.source(for: target)
    }

    var canHash: Bool { true }

    func withHash(of file: IndexFile) async throws -> IndexFile { try await client.withHash(file) }

    var indexDescriptions: [String] { client.indexDescriptions }
}

extension ProjectListing: VersionListing {
    public func files(at position: Int) -> [OfferedFile] {
        self[position].files.map { OfferedFile($0.file, index: $0.index.address.url) }
    }

    public func bestWheel(
        at position: Int, for tags: TagList, where isAllowed: (IndexFile) -> Bool
    ) -> OfferedFile? {
        let wheel = self[position].bestWheel(for: tags) { isAllowed($0.file) }
        return wheel.map { OfferedFile($0.file, index: $0.index.address.url) }
    }
}
