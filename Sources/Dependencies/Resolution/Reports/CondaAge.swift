public import CondaPackaging

/// How a locked conda package stands beside what the channels have now.
public struct CondaAge: Sendable, Hashable {
    public var name: CondaName
    public var locked: Build
    /// What would be taken now, given what is asked for; `nil` where nothing would, or it could not be found out.
    public var allowed: Build?
    /// The newest version that the channels have for a platform of the lock; `nil` where they know no such package.
    public var newest: CondaVersion?
    /// Whether no channel has the locked archive any more.
    public var isGone: Bool

    public struct Build: Sendable, Hashable {
        public var version: CondaVersion
        public var build: String

        public init(version: CondaVersion, build: String) {
            self.version = version
            self.build = build
        }
    }

    public init(name: CondaName, locked: Build, allowed: Build?, newest: CondaVersion?, isGone: Bool) {
        self.name = name
        self.locked = locked
        self.allowed = allowed
        self.newest = newest
        self.isGone = isGone
    }

    /// Whether there is something to tell.
    public var isNews: Bool {
        isGone || allowed.map { $0 != locked } ?? false || newest.map { $0 != locked.version } ?? false
    }
}
