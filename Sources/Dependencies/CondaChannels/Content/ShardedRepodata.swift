import CondaPackaging
import Digests
import Synchronization

/// Repodata of which each package is a file of its own (CEP 16); those that were fetched are kept.
final class ShardedRepodata: Sendable {
    let index: ShardIndex
    /// Where the shards are, without a slash at the end.
    let shardsURL: String
    /// The channel, or the mirror, that they come from.
    let address: CondaChannel
    private let shards = Mutex<[CondaName: Repodata<ChannelBytes>]>([:])

    init(_ index: ShardIndex, shardsURL: String, address: CondaChannel) {
        self.address = address
        self.index = index
        self.shardsURL = shardsURL
    }

    var names: [CondaName] { Array(index.shards.keys) }

    func isLoaded(_ name: CondaName) -> Bool {
        index.shards[name] == nil || shards.withLock { $0[name] != nil }
    }

    func shard(of name: CondaName) -> Repodata<ChannelBytes>? { shards.withLock { $0[name] } }

    func keep(_ shard: Repodata<ChannelBytes>, of name: CondaName) { shards.withLock { $0[name] = shard } }
}
