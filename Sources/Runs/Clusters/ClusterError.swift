package import Diagnostics

/// Why a cluster did not do what it was asked.
package struct ClusterError: DiagnosticError {
    package enum Fault: Hashable, Sendable {
        /// Its command, its configuration or its address is not there.
        case notSetUp
        /// It does not answer now.
        case unreachable
        /// The person may not do that.
        case forbidden
        /// It refused the request as it is: an unknown queue, a limit, a malformed value.
        case refused
        /// It answered something that makes no sense.
        case garbled
    }

    /// As `ClusterExecutor.name`.
    package var executor: String
    package var fault: Fault
    /// What was tried and what came of it: one sentence without a period, beginning with a small letter.
    package var message: String
    /// The cluster's own words, a line each.
    package var details: [String]
    package var help: String?

    package init(_ executor: String, _ fault: Fault, _ message: String, details: [String] = [], help: String? = nil) {
        self.executor = executor
        self.fault = fault
        self.message = message
        self.details = details
        self.help = help
    }

    /// Whether the same may succeed later.
    package var isTransient: Bool { fault == .unreachable || fault == .garbled }

    package var diagnostic: Diagnostic {
        let failure: FailureClass =
            switch fault {
            case .refused: .user
            case .notSetUp, .unreachable, .forbidden, .garbled: .infrastructure
            }
        return Diagnostic(failure, message, details: details, help: help)
    }
}
