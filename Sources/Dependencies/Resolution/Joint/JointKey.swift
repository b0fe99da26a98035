internal import CondaPackaging
internal import PubGrub
internal import PythonPackaging

/// A package of one of the two worlds.
enum JointKey: Hashable, Sendable {
    case root
    /// A project, or an extra of it: of the index, or standing for a conda package that has it.
    case pypi(PackageKey)
    case conda(CondaName)
}

/// Which candidates will do.
enum JointConstraint: Hashable, Sendable {
    /// Of a project.
    case versions(VersionConstraint)
    /// Of a conda package.
    case spec(MatchSpec)
    /// The one conda package with this URL.
    case exactly(String)
    /// Of a project, the candidate that stands for the conda package with this URL.
    case standIn(String)
}

/// Why a candidate cannot be used.
enum JointUnusable: Sendable {
    case pypi(Unusable)
    case conda(String)
}

typealias JointDependencySolver = DependencySolver<JointKey, JointConstraint, JointUnusable>

/// A conda package as a candidate of a project.
struct StandIn: Sendable {
    let conda: CondaName
    let url: String
    let version: Version
}
