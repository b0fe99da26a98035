/// Which steps run in an environment of their own (`--environment`).
package enum StepIsolation: Hashable, Sendable {
    /// Those whose decorators ask for it.
    case asDecorated
    /// None, whatever their decorators say.
    case never
    /// All, also those that ask for no packages.
    case always
    /// All, and those that say nothing with the packages of the uv project.
    case project
}
