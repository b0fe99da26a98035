/// Where the Python and the packages of a step come from.
package enum EnvironmentRequirements: Hashable, Sendable {
    /// Those that `@pypi`, `@conda` and the bases name.
    case packages(PackageRequirements)
    /// Those of the uv project that the flow belongs to.
    case project(UVRequirements)

    /// Those of an environment that was given a name.
    case named(NamedEnvironmentRequest)

    /// Runs in the launching interpreter after all.
    package var isDisabled: Bool {
        switch self {
        case .packages(let asked): asked.isDisabled
        case .project(let asked): asked.isDisabled
        case .named(let asked): asked.isDisabled
        }
    }
}
