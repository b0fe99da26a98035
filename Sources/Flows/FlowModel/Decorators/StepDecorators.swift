/// What the decorators of a step ask for, from its source, from the flow's class and from the command line.
package struct StepDecorators: Hashable, Sendable {
    /// Nothing when it is not to be tried again.
    package var retry: RetryPolicy?
    /// Nothing when an exception is to fail the task.
    package var `catch`: CatchPolicy?
    /// The longest that an attempt may take, a whole number of seconds; nothing where there is no limit.
    package var timeout: Duration?
    /// Of `@environment`.
    package var variables = EnvironmentVariables()
    /// Of `@secrets`, in order.
    package var secrets: [SecretSource] = []
    /// The role in which secrets are fetched, for those that name none.
    package var secretsRole: String?
    /// Whether a secret may replace a variable that exists.
    package var allowsOverride = false
    /// Cards to make when the step is over.
    package var cards: [CardRequest] = []
    /// Whether it runs on several nodes at a time.
    package var isParallel = false
    /// Whether it is the step of an unbounded foreach of the test suite.
    package var isUnboundedTest = false
    /// Nothing when no decorator or option asks for an environment of the step's own.
    package var environment: EnvironmentRequirements?
    /// Of `@resources`, as they were given; nothing to do on the person's own machine.
    package var resources: [String: JSONValue] = [:]
    /// The cluster that the step runs on, with what `@resources` and `@timeout` add; nothing for the person's own machine. What
    /// nobody says is missing: settings and defaults are the business of those who submit.
    package var compute: ComputeRequest?
    /// How many attempts a task may have.
    package var attempts = AttemptLimits.one
    /// All in force, from the top one down, those of the command line last: for show.
    package var all: [DecoratorDescription] = []

    package init() {}

    /// Attempts that run the person's code; at least 1.
    package var userAttempts: Int { attempts.user }
    /// Attempts that a task may have; at least 1.
    package var maxAttempts: Int { attempts.total }

    /// Whether the step runs in an environment of its own, not in the launching interpreter.
    package var isIsolated: Bool { environment.map { !$0.isDisabled } ?? false }
}
