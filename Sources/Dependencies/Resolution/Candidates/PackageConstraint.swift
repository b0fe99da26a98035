internal import CondaSolving
internal import PythonPackaging

/// Which candidates of a package will do, and in whose words.
enum PackageConstraint: Hashable, Sendable {
    /// Versions of a project.
    case versions(VersionConstraint)
    /// Records of a conda package that a match spec allows; with the words of the person, if it is theirs.
    case spec(CondaSpecID, demand: Demand?)
    /// The one record of a conda package at this place among its candidates: what a project's candidate stands for.
    case record(Int)
    /// Records of a conda package that do not have this project: what every other candidate of the project goes with.
    case without(PackageName)
    /// The Pythons of conda that an attempt is about.
    case targetPython

    /// What it says about versions of a project, if that is what it is about.
    var versions: VersionConstraint? {
        if case .versions(let versions) = self { versions } else { nil }
    }

    /// The words of the person, if it is theirs.
    var demand: Demand? {
        switch self {
        case .versions(let versions): versions.demand
        case .spec(_, let demand): demand
        case .record, .without, .targetPython: nil
        }
    }
}
