import Diagnostics
import FlowModel
import Scheduler
import TestSupport
import Testing

/// Parallel steps: their nodes start, fail and go on together.
@Suite struct GangTests {
    private let flow = "start =2=> train; @parallel train -> j; j& -> end; end"

    private func begun(_ nodes: Int, _ options: SchedulerOptions = SchedulerOptions(), _ sketch: String? = nil) throws
        -> SketchedRun
    {
        var run = try SketchedRun(sketch ?? flow, options)
        run.splits = { _ in nodes }
        run.handle(.begin)
        run.succeed("1")
        return run
    }

    private func ids(_ run: SketchedRun) -> [String] { run.started.map(\.task.text) }

    @Test func nodesStartTogetherAndTakeOneWorker() throws {
        var run = try begun(3, SchedulerOptions(maxWorkers: 1, maxSplits: 1))
        #expect(run.runningNames == ["train/2", "train/2_node_1", "train/2_node_2"])
        let nodes = run.started.suffix(3)
        #expect(nodes.map(\.parallel) == (0..<3).map { ParallelPlace(nodes: 3, index: $0, control: "2") })
        #expect(
            nodes.map(\.frames) == (0..<3).map {
                [ForeachFrame(step: "start", splitTask: "1", variable: "_parallel_ubf_iter", splits: nil, index: $0)]
            })
        #expect(nodes.allSatisfy { $0.parents == [ParentTask(step: "start", task: "1")] && $0.unbounded == nil })
        run.succeed("2_node_2")
        run.succeed("2")
        #expect(run.runningNames == ["train/2_node_1"])
        run.succeed("2_node_1")
        let join = run.started.last
        #expect(join?.task == "3")
        #expect(join?.frames == [])
        #expect(join?.parents.map(\.task) == ["2", "2_node_1", "2_node_2"])
        #expect(join?.parents.map(\.index) == [0, 1, 2])
        run.finish()
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "4")))
        #expect(run.ended.isEmpty)
        #expect(run.scheduler.storedElements == 0)
    }

    @Test func anotherTaskRunsBesideTheGang() throws {
        var run = try SketchedRun(
            "start -> a b; a =2=> train; @parallel train -> k; k& -> j; b -> j; j& -> end; end",
            SchedulerOptions(maxWorkers: 2))
        run.splits = { _ in 5 }
        run.handle(.begin)
        run.succeed("1")
        run.succeed("2")
        #expect(run.running.count == 6)
        #expect(run.takenWorkers == 2)
        run.finish()
        #expect(run.outcome?.failures.isEmpty == true)
    }

    @Test(arguments: [0, -3])
    func tooFewNodes(nodes: Int) throws {
        let run = try begun(nodes)
        let diagnostic = run.outcome?.failures.first?.diagnostic
        #expect(diagnostic?.headline == "task start/1 asks for \(nodes) nodes")
        #expect(diagnostic?.line == 15)
    }

    @Test func plainTransitionIsNotParallel() throws {
        var run = try SketchedRun(flow)
        run.handle(.begin)
        run.succeed("1", TransitionTaken(targets: ["train"]))
        #expect(
            run.outcome?.failures.first?.diagnostic.details.first == "the source says: self.next(self.train, num_parallel=...)")
    }

    /// The others are ended, and all are tried again once the last of them is over.
    @Test func failedNodeEndsTheOthers() throws {
        var run = try begun(3, SchedulerOptions(attempts: retrying(["train": 1])))
        run.succeed("2_node_2")
        run.fail("2_node_1")
        #expect(run.ended == [TaskKey(step: "train", task: "2")])
        #expect(run.runningNames == ["train/2"])
        run.fail("2", AttemptFailure("killed"))
        #expect(run.runningNames == ["train/2 (attempt 2)", "train/2_node_1 (attempt 2)", "train/2_node_2 (attempt 2)"])
        #expect(run.notes == [.retrying(TaskKey(step: "train", task: "2_node_1"), failure: AttemptFailure("ValueError: no"))])
        run.finish()
        let join = run.started.first(where: \.isJoin)
        #expect(join?.parents.map(\.attempt) == [1, 1, 1])
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "4")))
    }

    /// A node that ends well after its end was asked for does not save the others.
    @Test func endedNodeMaySucceed() throws {
        var run = try begun(2, SchedulerOptions(attempts: retrying(["train": 1])))
        run.fail("2")
        run.succeed("2_node_1")
        #expect(run.runningNames == ["train/2 (attempt 2)", "train/2_node_1 (attempt 2)"])
    }

    @Test(arguments: [(0, true), (1, false)])
    func failsForGood(retries: Int, mayRetry: Bool) throws {
        var run = try begun(2, SchedulerOptions(attempts: retrying(["train": retries])))
        run.fail("2_node_1", AttemptFailure("exit code 202", mayRetry: mayRetry))
        #expect(run.scheduler.isFailing)
        #expect(run.outcome == nil)
        run.fail("2", AttemptFailure("killed"))
        #expect(run.outcome?.failures.map(\.key) == [TaskKey(step: "train", task: "2_node_1")])
    }

    /// One of the later failures asks not to be tried again.
    @Test func lastWordAgainstAnotherAttempt() throws {
        var run = try begun(2, SchedulerOptions(attempts: retrying(["train": 3])))
        run.fail("2_node_1")
        run.fail("2", AttemptFailure("exit code 202", mayRetry: false))
        #expect(run.outcome?.failures.count == 1)
    }

    @Test func drainingGangIsNotRetried() throws {
        var run = try begun(
            2, SchedulerOptions(attempts: retrying(["train": 3])),
            "start -> a b; a =2=> train; @parallel train -> k; k& -> j; b -> j; j& -> end; end")
        run.succeed("2")
        #expect(run.runningNames == ["b/3", "train/4", "train/4_node_1"])
        run.fail("4")
        run.fail("3")
        run.succeed("4_node_1")
        #expect(run.outcome?.failures.map(\.key.step) == ["b", "train"])
    }

    @Test func stoppedGang() throws {
        var run = try begun(2, SchedulerOptions(attempts: retrying(["train": 3])))
        run.handle(.stopRequested)
        run.fail("2")
        run.fail("2_node_1")
        #expect(run.outcome == .stopped)
    }

    /// Its results are all that there is: the join takes node 0 alone, and nobody waits for the others.
    @Test func controlThatCaughtAnException() throws {
        var run = try begun(3)
        run.catches = { $0.task == "2" }
        run.succeed("2_node_1")
        run.succeed("2")
        #expect(run.ended == [TaskKey(step: "train", task: "2_node_2")])
        run.fail("2_node_2", AttemptFailure("killed", mayRetry: false))
        #expect(run.started.last?.parents == [ParentTask(step: "train", task: "2", index: 0)])
        run.finish()
        #expect(run.outcome?.failures.isEmpty == true)
    }

    @Test func nodeThatCaughtAnExceptionIsAnInput() throws {
        var run = try begun(2)
        run.catches = { $0.task == "2_node_1" }
        run.succeed("2_node_1")
        run.succeed("2")
        #expect(run.started.last?.parents.map(\.task) == ["2", "2_node_1"])
    }

    /// After the attempts of the person's code only node 0 runs.
    @Test func fallback() throws {
        var run = try begun(2, SchedulerOptions(attempts: ["train": AttemptLimits(user: 1, total: 3)]))
        for _ in 0..<2 { for task in run.running.keys.sorted() { run.fail(task) } }
        #expect(ids(run) == ["1", "2", "2_node_1", "2", "2"])
        #expect(run.started.suffix(4).map(\.isFallback) == [false, false, true, true])
        #expect(run.started.last?.parallel == ParallelPlace(nodes: 2, index: 0, control: "2"))
        #expect(run.started.allSatisfy { $0.step != "train" || ($0.userAttempts == 1 && $0.maxAttempts == 3) })
        run.catches = { $0.isFallback }
        run.succeed("2")
        #expect(run.started.last?.parents == [ParentTask(step: "train", task: "2", attempt: 2, index: 0)])
        run.finish()
        #expect(run.outcome?.failures.isEmpty == true)
    }

    @Test func wrongWayOfTheControlTask() throws {
        var run = try begun(2)
        run.succeed("2_node_1")
        run.succeed("2", TransitionTaken(targets: ["end"]))
        #expect(run.outcome?.failures.map(\.key) == [TaskKey(step: "train", task: "2")])
    }
}
