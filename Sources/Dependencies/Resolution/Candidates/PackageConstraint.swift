internal import CondaSolving

/// Which candidates of a package will do, and in whose words.
enum PackageConstraint: Hashable, Sendable {
    /// Versions of a project.
    case versions(VersionConstraint)
    /// Records of a conda package that a match spec allows; with the words of the person, if it is theirs.
    case spec(CondaSpecID, demand: Demand?)
    /// The one record of a conda package at this place among its candidates: what a project's candidate stands for.
    case record(Int)
    /// Of a project, what stands for this record of a conda package: the project is in there.
    case providedBy(CondaPackageID, record: Int)

    /// What it says about versions of a project, if that is what it is about.
    var versions: VersionConstraint? {
        if case .versions(let versions) = self { versions } else { nil }
    }

    /// The words of the person, if it is theirs.
    var demand: Demand? {
        switch self {
        case .versions(let versions): versions.demand
        case .spec(_, let demand): demand
        case .record, .providedBy: nil
        }
    }
}
