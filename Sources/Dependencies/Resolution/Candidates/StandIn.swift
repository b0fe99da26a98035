internal import CondaPackaging
internal import CondaSolving
internal import PythonPackaging

/// A record of a conda package that has a project: a candidate of the project beside the versions of the index.
struct StandIn: Sendable, Hashable {
    let package: CondaPackageID
    let name: CondaName
    /// The place of the record among the candidates of its package.
    let record: Int
    /// The version of the project in it, as far as is known.
    let version: Version
    /// Whether the record is more likely not to have the project than to have it.
    var isDoubtful = false
}
