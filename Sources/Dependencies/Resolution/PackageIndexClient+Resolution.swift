public import PackageSources
public import PythonPackaging

extension PackageIndexClient: PackageMetadataSource {
    public func listing(of project: PackageName) async throws -> (any VersionListing)? {
        try await page(for: project)
    }

    public func coreMetadata(of wheel: IndexFile) async throws -> CoreMetadata {
        do throws(PackageSourceError) {
            return try await metadata(of: wheel)
        } catch .metadata(_, _, let reason) {
            throw UnusableMetadata(reason: "has metadata that cannot be used: \(reason)")
        }
    }

    public var indexDescriptions: [String] {
        (configuration.indexes + configuration.flatIndexes).map(\.address.url)
    }
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
