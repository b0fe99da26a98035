public import CondaChannels
public import CondaPackaging

/// What texts and files ask of conda, put together.
public struct ReadCondaRequest: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var requirement: CondaRequirement
        /// The platforms that it is for; `nil` for all.
        public var platforms: Set<Subdir>?

        public init(_ requirement: CondaRequirement, platforms: Set<Subdir>? = nil) {
            self.requirement = requirement
            self.platforms = platforms
        }
    }

    public var entries: [Entry] = []
    /// Names, URLs and paths, the first of the highest rank; each once.
    public var channels: [String] = []
    /// Whether the channels that the machine is configured for stay out: `nodefaults`.
    public var hasOnlyOwnChannels = false
    /// `nil` for what is configured.
    public var priority: ChannelSettings.Priority?
    /// What it is to be locked for where nothing else is said.
    public var platforms: [Subdir] = []
    public var preference = WorldPreference()
    public var names = ProjectNameMapping()

    public init() {}

    /// Whether any conda package is asked for.
    public var isAsked: Bool { !entries.isEmpty }

    /// What is asked for on a platform.
    public func requirements(on subdir: Subdir) -> [CondaRequirement] {
        entries.filter { $0.platforms?.contains(subdir) ?? true }.map(\.requirement)
    }
}
