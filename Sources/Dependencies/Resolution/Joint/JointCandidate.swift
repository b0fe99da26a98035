internal import CondaPackaging

/// A record that can be chosen, and which channel it is from.
struct JointCandidate: Sendable, Hashable {
    let record: RepodataRecord
    /// Where the archive is, without credentials.
    let url: String
    let channel: CondaChannel
    /// The rank of the channel, 0 for the first one.
    let rank: Int

    init(record: RepodataRecord, url: String, channel: CondaChannel, rank: Int) {
        self.record = record
        self.url = url
        self.channel = channel
        self.rank = rank
    }

    /// Whether it is tried before the other one: without tracked features before with them, then a higher version, a higher
    /// build number, and what was built later; among equals, by the name of the archive, so that the order is always the same.
    static func isBetter(_ left: Self, than right: Self) -> Bool {
        let (one, other) = (left.record, right.record)
        if one.trackFeatures.isEmpty != other.trackFeatures.isEmpty { return one.trackFeatures.isEmpty }
        if one.version != other.version { return one.version > other.version }
        if one.buildNumber != other.buildNumber { return one.buildNumber > other.buildNumber }
        let times = (one.indexedTimestamp ?? one.timestamp ?? 0, other.indexedTimestamp ?? other.timestamp ?? 0)
        if times.0 != times.1 { return times.0 > times.1 }
        return "\(one.fileName)" < "\(other.fileName)"
    }
}
