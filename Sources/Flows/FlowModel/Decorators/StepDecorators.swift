/// What the decorators of a step ask for, from its source, from the flow's class and from the command line.
package struct StepDecorators: Hashable, Sendable {
    /// Nothing when it is not to be tried again.
    package let retry: RetryPolicy?
    /// Of `@environment`.
    package let variables: EnvironmentVariables
    /// Nothing when no decorator or option asks for an environment of the step's own.
    package let pypi: PyPIRequirements?
    /// All in force, from the top one down, those of the command line last: for show.
    package let all: [DecoratorDescription]

    package init(
        retry: RetryPolicy? = nil, variables: EnvironmentVariables = EnvironmentVariables(),
        pypi: PyPIRequirements? = nil, all: [DecoratorDescription] = []
    ) {
        self.retry = retry
        self.variables = variables
        self.pypi = pypi
        self.all = all
    }

    /// Attempts that a task may have; at least 1.
    package var maxAttempts: Int { 1 + (retry?.times ?? 0) }

    /// Whether the step runs in an environment of its own, not in the launching interpreter.
    package var isIsolated: Bool { pypi.map { !$0.isDisabled } ?? false }
}
