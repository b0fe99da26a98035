/// Which artifacts an attempt has from the one before it (docs/worker-protocol.md, "Assignment").
package enum InheritedArtifacts {
    /// Names of artifacts that say something about one attempt, and are not inherited.
    private static let ownOnly: Set = [
        "_transition", "_foreach_var", "_foreach_num_splits", "_foreach_values", "_exception",
    ]

    /// Whether an artifact of that name goes on to the next attempt.
    package static func include(_ name: String) -> Bool { !ownOnly.contains(name) }
}
