public import CondaPackaging

/// What decides between records that would all do.
public struct CondaOptions: Sendable, Hashable {
    /// What the order of channels means.
    public enum ChannelPriority: String, Sendable, Hashable, CaseIterable {
        /// A package comes from the first channel that has any record of it.
        case strict
        /// Records of later channels come after all of the earlier ones'.
        case flexible
        /// Channels do not count.
        case disabled
    }

    /// Which versions are tried first.
    public enum Strategy: String, Sendable, Hashable, CaseIterable {
        case highest
        case lowest
        /// The lowest of what was asked for, the highest of what that needs.
        case lowestDirect = "lowest-direct"
    }

    public var channelPriority = ChannelPriority.strict
    public var strategy = Strategy.highest
    /// Records that became available later are left out, in milliseconds since 1970; those that do not say when, too.
    public var excludeNewer: Int64?
    /// Records that are taken where they will do, the dearest first.
    public var preferences: [CondaName: [Preference]] = [:]

    public init() {}

    /// A record by what tells it apart from others of its name; several where the build is left open.
    public struct Preference: Sendable, Hashable {
        public var version: CondaVersion
        public var build: String?

        public init(version: CondaVersion, build: String? = nil) {
            self.version = version
            self.build = build
        }
    }
}
