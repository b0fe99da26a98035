/// What repodata says of itself, under `info` (CEP 15, 36, 42).
public struct RepodataInfo: Sendable, Hashable {
    /// The platform that the records are for.
    public var subdir: String?
    /// Where the archives are, if not beside the repodata; a URL, or a part of one that is relative to the repodata's.
    public var baseURL: String?
    /// A channel with a higher priority that belongs to this one, as a relative path.
    public var base: String?
    /// A channel with a lower priority that this one overrides, as a relative path.
    public var overrides: String?

    public init() {}
}

extension RepodataInfo {
    /// Reads the object that comes next.
    init(_ scanner: inout some RecordSource) throws(RepodataError) {
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            if key.equals("subdir", in: scanner.bytes) {
                subdir = try scanner.readStringOrNull()
            } else if key.equals("base_url", in: scanner.bytes) {
                baseURL = try scanner.readStringOrNull()
            } else if key.equals("channel_relations", in: scanner.bytes), scanner.nextKind() == .object {
                try readRelations(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
    }

    private mutating func readRelations(_ scanner: inout some RecordSource) throws(RepodataError) {
        var items = try scanner.beginObject()
        while let key = try scanner.nextKey(&items) {
            if key.equals("base", in: scanner.bytes) {
                base = try scanner.readStringOrNull()
            } else if key.equals("overrides", in: scanner.bytes) {
                overrides = try scanner.readStringOrNull()
            } else {
                try scanner.skipValue()
            }
        }
    }
}
