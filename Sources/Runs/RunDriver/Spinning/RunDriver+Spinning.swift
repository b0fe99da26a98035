import Executors
import FlowModel
import Ledger
import Scheduler

/// Running one recorded task again.
extension RunDriver {
    /// Starts the task in a run of its own. Parameters are those of the origin, by reference.
    func launch(_ spin: SpinTask) {
        let assignment = spin.assignment
        let base = assignment.isJoin ? TaskID.parameters : assignment.parents.first?.task ?? .parameters
        let name = AttemptName(assignment.key)
        let attempt = RunningAttempt(assignment: assignment, inherits: spin.reference(to: base))
        begin(name, attempt, creation: creation(of: assignment))
        pool.launch(
            name, on: plan.hosts[assignment.step] ?? .launching, environment: plan.variables[assignment.step] ?? [:])
    }
}
