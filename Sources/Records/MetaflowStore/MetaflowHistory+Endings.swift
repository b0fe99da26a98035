import Datastore
import FlowModel
import Ledger
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a run stands. Metaflow records nothing of it: it shows in the tasks.
struct RunEnding: Sendable {
    var state: RunState
    var finishedAt: WallTime?
    var end: TaskPlace?
    var isCaught = false
    var origin: RunID?
}

extension MetaflowHistory {
    /// How long nothing has to happen in a run without an end for it to be given up, in seconds.
    private static let silence = 300.0

    /// A run has succeeded when its last step has; it has failed when a task has for good; otherwise it goes on as long as
    /// something was written a while ago.
    func ending(of run: RunKey) throws -> RunEnding {
        if let known = shelf.withLock({ $0.endings[run] }) { return known }
        let origin = try origin(of: run)
        let last = try endTask(of: run)
        let place = last.map { TaskPlace(step: $0.step, task: $0.task) }
        if let end = last, end.isSuccessful {
            let ending = RunEnding(
                state: .succeeded, finishedAt: end.finishedAt, end: place,
                isCaught: end.isCaught, origin: origin)
            remember(ending, of: run)
            return ending
        }
        let steps = try steps(of: run).reversed().filter { $0.name != .parameters }
        for step in steps {
            let failed = try tasks(of: run, step: step.name).filter { $0.isFinished && !$0.isSuccessful }
            guard let time = failed.compactMap(\.finishedAt).max() else { continue }
            let ending = RunEnding(state: .failed, finishedAt: time, end: place, origin: origin)
            // A task that failed may be tried again; after a while nobody does.
            if WallTime.now().seconds - time.seconds > Self.silence { remember(ending, of: run) }
            return ending
        }
        let isAlive = try steps.first.map { WallTime.now().seconds - (try lastChange(in: run, $0.name)) < Self.silence } ?? false
        return RunEnding(state: isAlive ? .running : .abandoned, end: place, origin: origin)
    }

    private func remember(_ ending: RunEnding, of run: RunKey) {
        shelf.withLock { shelf in
            if shelf.endings.count > 10_000 { shelf.endings.removeAll() }
            shelf.endings[run] = ending
        }
    }

    /// The newest task of the last step, when it has begun.
    private func endTask(of run: RunKey) throws -> TaskRecord? {
        let parameters = try TaskFacts(TaskKey(run: run, task: .parameters), step: .parameters, in: folder)
        let step = StepName(try parameters?.newest("end_step")?.value.factText ?? "end")
        return try tasks(of: run, step: step, before: nil, limit: 1).first
    }

    /// The run that this one resumes, as its tasks say.
    private func origin(of run: RunKey) throws -> RunID? {
        guard let text = try firstFacts(of: run)?.newest("origin-run-id")?.value.factText, text != "None" else { return nil }
        return RunID(text)
    }

    /// Seconds since 1970 when something was last written for the newest tasks of a step.
    private func lastChange(in run: RunKey, _ step: StepName) throws -> Double {
        let places = try taskNames(of: run, step).suffix(64).compactMap {
            folder.path([run.flow.text, run.run.text, step.text, $0])
        }
        return places.flatMap { [$0, $0.appending("_meta")] }.map(Self.changed).max() ?? 0
    }

    private static func changed(_ path: FilePath) -> Double {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return 0 }
        #if os(Linux)
        return Double(status.st_mtim.tv_sec)
        #else
        return Double(status.st_mtimespec.tv_sec)
        #endif
    }
}
