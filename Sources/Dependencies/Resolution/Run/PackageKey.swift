internal import CondaSolving
internal import PubGrub
internal import PythonPackaging

/// What the solver chooses a candidate for.
enum PackageKey: Hashable, Sendable {
    /// Whoever asked.
    case root
    case project(PackageName)
    /// What an extra adds to its project; always at the version of the project.
    case extra(PackageName, ExtraName)
    /// A package of conda, by its number in the book of conda packages.
    case conda(CondaPackageID)

    var project: PackageName? {
        switch self {
        case .root, .conda: nil
        case .project(let name), .extra(let name, _): name
        }
    }

    var extra: ExtraName? {
        if case .extra(_, let extra) = self { extra } else { nil }
    }
}

typealias ProjectSolver = DependencySolver<PackageKey, PackageConstraint, Unusable>
typealias ProjectDependency = Dependency<PackageKey, PackageConstraint>
