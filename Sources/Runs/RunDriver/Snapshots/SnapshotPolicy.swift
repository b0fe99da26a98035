/// Which runs have what they need put into their datastore before they start.
package enum SnapshotPolicy: String, Sendable, Hashable, CaseIterable {
    /// All.
    case always
    /// Those whose datastore is a remote one, and those of deployments.
    case remote
    case never

    /// Whether a run has a snapshot.
    ///
    /// - Parameter isRemote: whether its datastore is a remote one.
    package func covers(isRemote: Bool) -> Bool {
        switch self {
        case .always: true
        case .remote: isRemote
        case .never: false
        }
    }
}
