import Diagnostics
import FlowModel
import Scheduler
import TestSupport
import Testing

/// Foreaches whose control task finds out how many items there are.
@Suite struct UnboundedTests {
    private let fan = "start =xs=> a; a -> b; b -> j; j& -> end; end"

    private func begun(_ mappers: Int, _ options: SchedulerOptions = SchedulerOptions()) throws -> SketchedRun {
        var run = try SketchedRun(fan, options)
        run.isUnbounded = { _ in true }
        run.splits = { _ in mappers }
        run.handle(.begin)
        run.succeed("1")
        return run
    }

    @Test func mappersFollowTheControlTask() throws {
        var run = try begun(3, SchedulerOptions(maxSplits: 2, attempts: retrying(["a": 1])))
        let control = run.started.last
        #expect(run.runningNames == ["a/2"])
        #expect(control?.unbounded == .control)
        #expect(control?.maxAttempts == 1)
        #expect(control?.index == nil)
        #expect(
            control?.frames == [ForeachFrame(step: "start", splitTask: "1", variable: "xs", splits: nil, index: nil)])
        run.succeed("2")
        #expect(run.notes == [.foreachYields(TaskKey(step: "a", task: "2"), splits: 3)])
        #expect(run.runningNames == ["a/2-0", "a/2-1", "a/2-2"])
        let mappers = run.started.suffix(3)
        #expect(mappers.map(\.unbounded) == [.mapper, .mapper, .mapper])
        #expect(mappers.map(\.index) == [0, 1, 2])
        #expect(mappers.allSatisfy { $0.frames.last?.splits == nil && $0.maxAttempts == 2 })
        #expect(mappers.allSatisfy { $0.parents == [ParentTask(step: "start", task: "1")] })
        run.fail("2-1")
        #expect(run.started.last?.key == TaskKey(step: "a", task: "2-1", attempt: 1))
        for task in ["2-2", "2-1", "2-0"] as [TaskID] { run.succeed(task) }
        run.finish()
        // What follows a mapper is counted like anything else.
        #expect(run.started.filter { $0.step == "b" }.map(\.task) == ["3", "4", "5"])
        #expect(run.started.filter { $0.step == "b" }.allSatisfy { $0.unbounded == nil })
        let join = run.started.first(where: \.isJoin)
        #expect(join?.parents.map(\.step) == ["b", "b", "b"])
        #expect(join?.parents.map(\.task) == ["5", "4", "3"])
        #expect(join?.parents.map(\.index) == [0, 1, 2])
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "7")))
    }

    @Test(arguments: [nil, 0])
    func controlWithoutMappers(mappers: Int?) throws {
        var run = try begun(1)
        run.succeed("2", TaskOutcome(mappers: mappers))
        #expect(run.outcome?.failures.first?.diagnostic.headline == "the foreach of task a/2 has no items")
        #expect(run.outcome?.failures.first?.diagnostic.line == 15)
    }

    @Test func controlIsTriedOnce() throws {
        var run = try begun(1, SchedulerOptions(attempts: retrying(["a": 3])))
        #expect(run.scheduler.willRetry(TaskKey(step: "a", task: "2"), after: AttemptFailure("no")) == false)
        run.fail("2")
        #expect(run.outcome?.failures.map(\.key) == [TaskKey(step: "a", task: "2")])
    }

    /// Mappers that split have splits of their own.
    @Test func mappersThatSplit() throws {
        var run = try SketchedRun("start =xs=> a; a -> b c; b -> k; c -> k; k& -> j; j& -> end; end")
        run.isUnbounded = { _ in true }
        run.splits = { _ in 3 }
        run.handle(.begin)
        while let task = run.running.keys.max() { run.succeed(task) }
        #expect(run.started.filter { $0.step == "k" }.allSatisfy { $0.parents.map(\.step) == ["b", "c"] })
        #expect(run.started.last { $0.step == "j" }?.parents.map(\.index) == [0, 1, 2])
        #expect(run.outcome?.failures.isEmpty == true)
    }
}
