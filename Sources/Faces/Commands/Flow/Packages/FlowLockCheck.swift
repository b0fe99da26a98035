import FlowModel
import Resolution
import RunDriver

/// Tells which locks of a flow are out of date, and why.
struct FlowLockCheck {
    private let locking: FlowLocking
    private let wishes: FlowWishes
    private let order: FlowLockOrder

    init(_ locking: FlowLocking, _ wishes: FlowWishes, _ order: FlowLockOrder) {
        self.locking = locking
        self.wishes = wishes
        self.order = order
    }

    /// The exit code: 1 if a lock is out of date.
    func tell(isJSON: Bool, script: String, on session: FlowSession) throws -> Int32 {
        let checked = try waiting { [locking, wishes, order] in try await locking.check(wishes, order) }
        let findings =
            checked.map { LockFinding(lock: $0.name.file, steps: $0.steps.map(\.text), reasons: $0.reasons) }
            // One that is out of date was told before.
            + (wishes.project.map { [LockFinding(lock: $0.lockFile, steps: [], reasons: [])] } ?? [])
            + (try locking.idle(wishes)).map { LockFinding(lock: $0, steps: [], reasons: ["no step has it any more"]) }
        return try LockCheckReport(findings: findings, help: "type: penstock lock \(script)")
            .tell(isJSON: isJSON, output: session.output, error: session.error)
    }
}
