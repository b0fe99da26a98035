/// In which file a channel says what it offers for a platform.
enum RepodataForm: String, Sendable, CaseIterable {
    case shards = "repodata_shards.msgpack.zst"
    case currentZstd = "current_repodata.json.zst"
    case current = "current_repodata.json"
    case zstd = "repodata.json.zst"
    case plain = "repodata.json"

    var isZstd: Bool { self != .current && self != .plain }

    /// The forms in the order in which they are looked for.
    static func wanted(by settings: ChannelSettings, isLocal: Bool) -> [RepodataForm] {
        var forms: [RepodataForm] = settings.usesCurrentRepodata ? [.currentZstd, .current] : []
        // What is read from a disk need not be had in pieces.
        if isLocal { return forms + [.zstd, .plain] + (settings.usesShards ? [.shards] : []) }
        if settings.usesShards, !settings.usesCurrentRepodata { forms.append(.shards) }
        return forms + [.zstd, .plain]
    }
}
