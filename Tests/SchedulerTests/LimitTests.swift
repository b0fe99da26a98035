import Diagnostics
import FlowModel
import Scheduler
import TestSupport
import Testing

/// How much may run, how wide a foreach may be, where a task may go; and how little a wide foreach costs.
@Suite struct LimitTests {
    private let diamond = "start -> a b; a -> j; b -> j; j& -> end; end"
    private let fan = "start =xs=> a; a -> b; b -> j; j& -> end; end"

    @Test(arguments: [1, 2, 3])
    func workers(limit: Int) throws {
        var run = try SketchedRun(fan, SchedulerOptions(maxWorkers: limit))
        run.splits = { _ in 7 }
        run.handle(.begin)
        while let task = run.running.keys.max() {
            #expect(run.running.count <= limit)
            run.succeed(task)
        }
        #expect(run.started.count == 17)
        // First in, first out: siblings start in order.
        #expect(run.started.filter { $0.step == "a" }.map(\.index) == Array(0..<7))
    }

    /// Tasks on other machines take no worker of this one, and have a limit of their own.
    @Test(arguments: [1, 3])
    func elsewhere(limit: Int) throws {
        var options = SchedulerOptions(maxWorkers: 1)
        options.elsewhere = ["a"]
        options.maxElsewhere = limit
        var run = try SketchedRun(fan, options)
        run.splits = { _ in 5 }
        run.handle(.begin)
        while let task = run.running.keys.max() {
            let steps = run.running.values.map(\.step)
            #expect(steps.filter { $0 == "a" }.count <= limit && steps.filter { $0 != "a" }.count <= 1)
            run.succeed(task)
        }
        #expect(run.started.count == 13)
        #expect(run.outcome?.failures.isEmpty == true)
        #expect(run.started.filter { $0.step == "a" }.map(\.index) == Array(0..<5))
    }

    @Test func noWorkersMeansOne() throws {
        var run = try SketchedRun(diamond, SchedulerOptions(maxWorkers: 0))
        run.handle(.begin)
        run.finish()
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "5")))
    }

    @Test func tooManySplits() throws {
        var run = try SketchedRun(fan, SchedulerOptions(maxSplits: 3))
        run.splits = { _ in 4 }
        run.handle(.begin)
        run.succeed("1")
        let diagnostic = run.outcome?.failures.first?.diagnostic
        #expect(diagnostic?.headline == "the foreach of task start/1 has 4 items, more than the 3 that are allowed")
        #expect(diagnostic?.line == 15)
        #expect(diagnostic?.help == "run again with --max-num-splits 4")
        #expect(run.started.count == 1)
    }

    @Test(arguments: [nil, 0, -1])
    func foreachWithoutItems(splits: Int?) throws {
        var run = try SketchedRun(fan)
        run.handle(.begin)
        run.succeed("1", TransitionTaken(targets: ["a"], foreach: "xs", splits: splits))
        #expect(run.outcome?.failures.first?.diagnostic.headline == "the foreach of task start/1 has no items")
    }

    @Test(arguments: [
        (nil, "no self.next"),
        (TransitionTaken(targets: ["b"]), "self.next(self.b)"),
        (TransitionTaken(targets: ["a", "b"]), "self.next(self.a, self.b)"),
        (TransitionTaken(targets: ["b"], foreach: "xs", splits: 2), "self.next(self.b, foreach='xs')"),
        (TransitionTaken(targets: []), "self.next()"),
    ] as [(TransitionTaken?, String)])
    func transitionUnlikeTheSource(taken: TransitionTaken?, text: String) throws {
        var run = try SketchedRun(fan)
        run.handle(.begin)
        run.succeed("1", taken)
        let diagnostic = run.outcome?.failures.first?.diagnostic
        #expect(diagnostic?.headline == "task start/1 did not go where the source of step 'start' says")
        #expect(diagnostic?.details == ["the source says: self.next(self.a, foreach='xs')", "the task said: \(text)"])
        #expect(run.started.count == 1)
    }

    @Test func foreachOverAnotherVariable() throws {
        var run = try SketchedRun(fan)
        run.handle(.begin)
        run.succeed("1", TransitionTaken(targets: ["a"], foreach: "ys", splits: 2))
        #expect(run.started.dropFirst().map { $0.frames.map(\.variable) } == [["ys"], ["ys"]])
    }

    @Test func lastStepThatGoesOn() throws {
        var run = try SketchedRun("start -> end; end")
        run.handle(.begin)
        run.succeed("1")
        run.succeed("2", TransitionTaken(targets: ["start"]))
        #expect(run.outcome?.failures.count == 1)
    }

    /// Siblings come to be when they start: a wide foreach costs a slot and a short text for each, and that only until
    /// its join is done.
    @Test func wideForeachIsSmall() throws {
        let width = 10_000
        var run = try SketchedRun(fan, SchedulerOptions(maxWorkers: 4, maxSplits: width))
        run.splits = { _ in width }
        run.handle(.begin)
        run.succeed("1", TransitionTaken(targets: ["a"], foreach: "xs", splits: width))
        #expect(run.scheduler.waitingCount == width - 4)
        #expect(run.scheduler.storedElements <= width + 10)
        var most = 0
        while let task = run.running.keys.min() {
            run.succeed(task)
            most = max(most, run.scheduler.storedElements)
        }
        // Once more for each branch that waits for its second step.
        #expect(most <= 2 * width + 10)
        #expect(run.started.count == 2 * width + 3)
        #expect(run.started.first(where: \.isJoin)?.parents.map(\.index) == Array(0..<width))
        #expect(run.scheduler.storedElements == 0)
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: TaskID(number: 2 * width + 3))))
    }
}
