package import Diagnostics

/// What a run needs could not be put into its datastore; nothing was run.
package struct SnapshotError: DiagnosticError {
    /// `numpy-2.1.0-….whl`, `the engine`
    let what: String
    let cause: any Error

    package init(what: String, cause: any Error) {
        self.what = what
        self.cause = cause
    }

    package var diagnostic: Diagnostic {
        let failure = (cause as? any DiagnosticError)?.diagnostic.failure ?? .infrastructure
        return Diagnostic(
            failure, "the snapshot of the run lacks \(what)", details: ["nothing was run"], cause: cause,
            help: "try again when it can be had, or run without a snapshot: --snapshot never")
    }
}
