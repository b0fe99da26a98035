import Archives
public import CondaPackaging

/// What a channel offers for one platform: the records of one subdir, decoded when they are asked for.
///
/// Repodata is whole, or sharded: then a package's records are there after `ChannelClient.load` has fetched them.
public struct ChannelContent: Sendable {
    public let channel: CondaChannel
    public let subdir: Subdir
    /// Where the repodata came from, without anything secret.
    public let origin: String
    /// Where the archives are: a URL without a slash at its end and without anything secret.
    public let archivesURL: String
    let records: Records

    enum Records: Sendable {
        case whole(Repodata<ChannelBytes>)
        case sharded(ShardedRepodata)
    }

    init(_ channel: CondaChannel, _ subdir: Subdir, origin: String, archivesURL: String, _ records: Records) {
        self.channel = channel
        self.subdir = subdir
        self.origin = origin
        self.archivesURL = archivesURL
        self.records = records
    }

    /// Content that was not fetched: `repodata.json` that is in memory already, of a channel that need not exist.
    public init(_ channel: CondaChannel, _ subdir: Subdir, repodata: [UInt8]) throws(RepodataError) {
        let bytes = ChannelBytes(repodata.isEmpty ? nil : .init(copying: repodata))
        self.init(
            channel, subdir, origin: channel.url(of: subdir), archivesURL: channel.url(of: subdir),
            .whole(try Repodata(bytes, subdir: subdir)))
    }

    public var isSharded: Bool { if case .sharded = records { true } else { false } }

    /// The names of all packages.
    public var packageNames: [CondaName] {
        switch records {
        case .whole(let repodata): repodata.packageNames
        case .sharded(let shards): shards.names
        }
    }

    /// Whether the records of a package need not be fetched any more. True also where there are none.
    public func isLoaded(_ name: CondaName) -> Bool {
        if case .sharded(let shards) = records { shards.isLoaded(name) } else { true }
    }

    /// The repodata that the records of a package are in; `nil` if a shard with them is not loaded, or there is none.
    /// Places of candidates are places in its bytes.
    public func repodata(with name: CondaName) -> Repodata<ChannelBytes>? {
        switch records {
        case .whole(let repodata): repodata
        case .sharded(let shards): shards.shard(of: name)
        }
    }

    /// What a solver looks at of a package's records; empty where none are there or loaded.
    public func candidates(of name: CondaName) throws(CondaChannelError) -> [RepodataCandidate] {
        try describing { () throws(RepodataError) in try repodata(with: name)?.candidates(of: name) ?? [] }
    }

    /// The records of a package, decoded; empty where none are there or loaded.
    public func records(of name: CondaName) throws(CondaChannelError) -> [RepodataRecord] {
        try describing { () throws(RepodataError) in try repodata(with: name)?.records(of: name) ?? [] }
    }

    /// The whole record of a candidate that this content gave for that name.
    public func record(of candidate: RepodataCandidate, named name: CondaName) throws(CondaChannelError) -> RepodataRecord? {
        try describing { () throws(RepodataError) in try repodata(with: name)?.record(of: candidate) }
    }

    /// Where an archive is, without anything secret.
    public func url(of archive: ArchiveName) -> String { "\(archivesURL)/\(archive)" }

    private func describing<Result>(_ body: () throws(RepodataError) -> Result) throws(CondaChannelError) -> Result {
        do throws(RepodataError) {
            return try body()
        } catch {
            throw .broken(channel: channel.name, url: origin, reason: "\(error)")
        }
    }
}
