import Datastore
import FoundationEssentials

extension AttemptReport {
    /// The report of a task that could not begin: its person reads why.
    ///
    /// - Parameter began: when the job began, in microseconds since 1970.
    package init(notStarted error: any Error, began: Int64) {
        let (text, now) = (FailureText(error), WallTime.now().microseconds)
        self.init(
            node: NodeAttempt.nodeName, began: began, ended: now,
            ending: Ending(failure: "The task could not be started on the node: \(text.headline)"))
        let rest = text.lines.dropFirst().map { $0 + "\n" }.joined()
        if !rest.isEmpty { output = [AttemptOutput(isError: true, bytes: Data(rest.utf8), at: now)] }
    }
}
