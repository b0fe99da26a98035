public import CondaChannels
public import CondaPackaging
public import PackageSources

/// Where a resolution learns which conda packages there are.
public protocol CondaRecordSource: Sendable {
    /// What channels offer for a platform, the first channel first.
    func contents(of channels: [CondaChannel], for subdir: Subdir) async throws(CondaChannelError) -> [ChannelContent]

    /// Fetches the records of packages where contents do not have them yet.
    func load(_ names: [CondaName], in contents: [ChannelContent]) async throws(CondaChannelError)
}

extension ChannelClient: CondaRecordSource {}

/// Where a resolution learns which conda packages there are, and which Python projects are in them.
///
/// Many requests are made at the same time, some of them on speculation.
public protocol CondaPackageSource: CondaRecordSource {
    /// The Python projects in an archive.
    func projects(in archive: CondaArchiveOrder) async throws(CondaChannelError) -> ProvidedProjects

    /// The metadata of a Python project in an archive: `METADATA` or `PKG-INFO`.
    func metadata(of project: ProvidedDistribution, in archive: CondaArchiveOrder) async throws(CondaChannelError) -> [UInt8]
}

/// Channels, and the archives that they have.
public struct ChannelPackageSource: CondaPackageSource {
    private let client: ChannelClient
    private let reader: PackageInfoReader

    /// - Parameter cache: Where it is kept what archives have.
    public init(_ client: ChannelClient, cache: CacheDirectory) {
        self.client = client
        reader = PackageInfoReader(client.archives, cache: cache)
    }

    public func contents(of channels: [CondaChannel], for subdir: Subdir) async throws(CondaChannelError) -> [ChannelContent] {
        try await client.contents(of: channels, for: subdir)
    }

    public func load(_ names: [CondaName], in contents: [ChannelContent]) async throws(CondaChannelError) {
        try await client.load(names, in: contents)
    }

    public func projects(in archive: CondaArchiveOrder) async throws(CondaChannelError) -> ProvidedProjects {
        try await reader.provided(by: archive)
    }

    public func metadata(
        of project: ProvidedDistribution, in archive: CondaArchiveOrder
    ) async throws(CondaChannelError) -> [UInt8] {
        try await reader.metadata(of: project, in: archive)
    }
}
