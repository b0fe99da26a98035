package import Diagnostics
import FlowModel

/// `--locked` was given, and there is no lock that answers what a step asks.
struct LockedRunError: DiagnosticError {
    let entry: FlowWishes.Entry
    /// Why the lock that is there does not; `nil` if there is none.
    let differences: [String]?
    /// The flow file as the person calls it.
    let script: String

    package var diagnostic: Diagnostic {
        let name = entry.lockName?.file ?? "the lock"
        return Diagnostic(
            .user, differences == nil ? "there is no \(name), and --locked allows no other" : "\(name) is out of date",
            details: differences ?? [], help: "type: penstock lock \(script)")
    }
}
