import CodePackage
import Ledger
import RunDriver

/// The locks in the code package of a run that is resumed or gone on with, or of which a task is spun. They answer what its steps still ask
/// for, so that the rest of a run has the packages that its beginning had.
struct EarlierLocks: Sendable {
    private let run: RunKey
    private let records: RunRecords

    /// `nil` for a run that stands by itself.
    init?(of plan: RunPlan, in records: RunRecords) {
        guard let run = plan.attachment == nil ? plan.origin?.key ?? plan.spin?.origin : plan.key else { return nil }
        self.run = run
        self.records = records
    }

    /// The text of a lock; `nil` where the run has none of that name. Code that cannot be read is as good as none, since
    /// what was asked for can be resolved anew. Blocks.
    func text(_ name: String) -> String? {
        let code = try? RecordedCode(of: run, in: records)
        return code?.listing.text(".mf_meta/locks/\(name)")
    }
}
