/// How many attempts a task may have.
package struct AttemptLimits: Hashable, Sendable {
    /// The most that any task may have, whatever its decorators say.
    package static let most = 6
    /// One attempt and no other.
    package static let one = AttemptLimits(user: 1, total: 1)

    /// Attempts that run the person's code; at least 1.
    package let user: Int
    /// All attempts; at least `user`. Those after the first `user` ones are *fallback* attempts: the step's code does not
    /// run in them, `@catch` finishes the task in its place.
    package let total: Int

    package init(user: Int, total: Int) {
        self.user = max(1, user)
        self.total = max(self.user, total)
    }

    /// What retries of the person's code, and after those of the fallback, come to.
    init(userRetries: Int, errorRetries: Int) {
        let user = min(Self.most, 1 + max(0, userRetries))
        self.init(user: user, total: min(Self.most, user + max(0, errorRetries)))
    }
}
