import Diagnostics
import FlowModel
import Scheduler
import TestSupport
import Testing

/// Failing tasks, further attempts, and the ways in which a run ends.
@Suite struct FailureTests {
    private let diamond = "start -> a b; a -> j; b -> j; j& -> end; end"
    private let fan = "start =xs=> a; a -> b; b -> j; j& -> end; end"

    @Test func retriesAtOnceWithTheSameTask() throws {
        var run = try SketchedRun(fan, SchedulerOptions(maxWorkers: 1, attempts: retrying(["a": 2])))
        run.handle(.begin)
        run.succeed("1")
        run.fail("2")
        #expect(run.runningNames == ["a/2 (attempt 2)"])
        run.fail("2")
        #expect(run.started.suffix(2).map(\.attempt) == [1, 2])
        #expect(Set(run.started.suffix(3).map(\.frames)).count == 1)
        #expect(Set(run.started.suffix(3).map(\.parents)).count == 1)
        #expect(run.started.suffix(3).allSatisfy { $0.maxAttempts == 3 })
        run.succeed("2")
        #expect(run.runningNames == ["a/3"])
        run.finish()
        // What follows inherits from the attempt that succeeded.
        let next = run.started.first { $0.step == "b" && $0.index == 0 }
        #expect(next?.parents == [ParentTask(step: "a", task: "2", attempt: 2)])
        #expect(run.notes.count == 3)
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "7")))
    }

    @Test func joinsAndSplitsAreRetriedWithTheirInputs() throws {
        var run = try SketchedRun(fan, SchedulerOptions(attempts: retrying(["j": 1, "start": 1])))
        run.handle(.begin)
        run.fail("1")
        run.succeed("1")
        #expect(run.started.last?.frames.first?.splitAttempt == 1)
        while run.running["6"]?.step != "j", let task = run.running.keys.min() { run.succeed(task) }
        run.fail("6")
        #expect(run.started.suffix(2).map(\.isJoin) == [true, true])
        #expect(run.started.suffix(2).map { $0.parents.map(\.index) } == [[0, 1], [0, 1]])
        run.finish()
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "7")))
    }

    @Test(arguments: [(0, true), (3, false)])
    func failsWithoutAnotherAttempt(retries: Int, mayRetry: Bool) throws {
        var run = try SketchedRun("start -> end; end", SchedulerOptions(attempts: retrying(["start": retries])))
        run.handle(.begin)
        run.fail("1", AttemptFailure("exit code 202", mayRetry: mayRetry))
        #expect(run.outcome?.failures.map(\.key) == [TaskKey(step: "start", task: "1")])
        #expect(run.outcome?.failures.first?.diagnostic.headline == "task start/1 failed: exit code 202")
    }

    /// Nothing new starts, not even another attempt; what runs may finish, and every failure is told.
    @Test func drains() throws {
        var run = try SketchedRun(fan, SchedulerOptions(maxWorkers: 3, attempts: retrying(["b": 2])))
        run.splits = { _ in 5 }
        run.handle(.begin)
        run.succeed("1")
        run.succeed("2")
        run.succeed("3")
        run.succeed("4")
        #expect(run.runningNames == ["a/5", "a/6", "b/7"])
        run.fail("5")
        #expect(run.outcome == nil)
        #expect(run.scheduler.isFailing)
        run.fail("7")
        run.succeed("6")
        #expect(run.started.count == 7)
        #expect(run.outcome?.failures.map(\.key.task) == ["5", "7"])
        #expect(run.notes.suffix(2).map { if case .draining(_, let running) = $0 { running } else { -1 } } == [2, 1])
    }

    @Test func stops() throws {
        var run = try SketchedRun(diamond, SchedulerOptions(attempts: retrying(["b": 1])))
        run.handle(.begin)
        run.succeed("1")
        run.handle(.stopRequested)
        #expect(run.outcome == nil)
        run.fail("3")
        run.succeed("2")
        #expect(run.started.count == 3)
        #expect(run.outcome == .stopped)
    }

    @Test func stopsBeforeItBegins() throws {
        var run = try SketchedRun(diamond)
        #expect(run.handle(.stopRequested) == [.finished(.stopped)])
        #expect(run.handle(.begin) == [])
    }

    @Test func stopAfterAFailureIsAFailure() throws {
        var run = try SketchedRun(diamond)
        run.handle(.begin)
        run.succeed("1")
        run.fail("2")
        run.handle(.stopRequested)
        run.fail("3", AttemptFailure("killed"))
        #expect(run.outcome?.failures.map(\.key.step) == ["a", "b"])
    }

    @Test func lateAndDoubleWordsChangeNothing() throws {
        var run = try SketchedRun("start -> a; a -> end; end", SchedulerOptions(attempts: retrying(["start": 1])))
        run.handle(.begin)
        #expect(run.handle(.begin) == [])
        let first = TaskKey(step: "start", task: "1")
        run.fail("1")
        for key in [first, TaskKey(step: "a", task: "1", attempt: 1), TaskKey(step: "start", task: "9")] {
            #expect(run.handle(.attemptSucceeded(key, TaskOutcome(transition: TransitionTaken(targets: ["a"])))) == [])
            #expect(run.handle(.attemptFailed(key, AttemptFailure("late"))) == [])
        }
        run.finish()
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "3")))
        #expect(run.handle(.stopRequested) == [])
    }
}
