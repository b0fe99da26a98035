import Executors
import Glibc
import Scheduler
import WorkerProtocol

/// Ending processes that do not end by themselves.
extension RunDriver {
    /// How long a process may take to react to the end of its time.
    private static let grace: Duration = .seconds(5)

    /// Watches over the time that a step may take. The worker raises an exception in the person's code when it is over;
    /// code that does not come back to Python cannot notice, and its process group is killed.
    func watch(_ name: AttemptName, _ attempt: RunningAttempt) -> EventLoop.Timer? {
        guard let assignment = attempt.assignment, !assignment.isFallback, assignment.unbounded != .control,
            let seconds = plan.settings[assignment.step]?.timeout
        else { return nil }
        return loop.after(.seconds(seconds) + Self.grace) { [unowned self] in
            guard self.running[name]?.result == nil else { return }
            self.end(name, "The step timed out after \(seconds) s; its process did not react and was killed.")
        }
    }

    /// Ends an attempt that does not end by itself within a short time.
    func endLater(_ name: AttemptName) {
        loop.after(Self.grace) { [unowned self] in
            self.end(name, "The control task of its num_parallel has ended, and nothing more was heard of this one.")
        }
    }

    /// Kills the process group of an attempt, for a reason that is told with its failure.
    func end(_ name: AttemptName, _ reason: String) {
        guard running[name] != nil else { return }
        running[name]?.endedBecause = reason
        clusters?.end(name, because: reason)
        pool.signal(name, SIGKILL)
    }

    /// A step that ran out of time leaves no processes behind.
    func endLeftovers(of attempt: RunningAttempt) {
        guard let process = attempt.process, let exception = attempt.result?.exception,
            exception.type.hasSuffix(".TimeoutException")
        else { return }
        kill(-process, SIGKILL)
    }
}
