import Diagnostics
import FlowModel
import Scheduler
import TestSupport
import Testing

/// Switches: where they go, how often they go to themselves, and how they go with splits.
@Suite struct SwitchTests {
    private let choice = "start ?mode=> a b; a -> c; b -> c; c -> end; end"
    private let loop = "start -> loop; loop ?more=> loop done; done -> end; end"

    private func steps(_ run: SketchedRun) -> [String] { run.started.map(\.step.text) }

    @Test(arguments: ["a", "b"] as [StepName])
    func oneTarget(target: StepName) throws {
        var run = try SketchedRun(choice)
        run.choice = { _ in target }
        run.handle(.begin)
        run.finish()
        #expect(steps(run) == ["start", target.text, "c", "end"])
        #expect(run.started.allSatisfy { $0.iteration == nil && !$0.isJoin && $0.frames.isEmpty })
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "4")))
    }

    @Test func everyIterationIsATask() throws {
        var run = try SketchedRun(loop, SchedulerOptions(attempts: retrying(["loop": 1])))
        run.choice = { $0.iteration.map { $0 < 2 } ?? true ? "loop" : "done" }
        run.handle(.begin)
        run.succeed("1")
        run.succeed("2")
        run.fail("3")
        #expect(run.started.suffix(2).map(\.iteration) == [1, 1])
        #expect(run.started.suffix(2).map(\.parents) == Array(repeating: [ParentTask(step: "loop", task: "2")], count: 2))
        run.finish()
        #expect(run.started.map(\.key.description) == ["start/1", "loop/2", "loop/3", "loop/3 (attempt 2)", "loop/4", "done/5", "end/6"])
        #expect(run.started.map(\.iteration) == [nil, 0, 1, 1, 2, nil, nil])
        #expect(run.started[5].parents == [ParentTask(step: "loop", task: "4")])
    }

    /// Each item has a count of its own, whoever is first.
    @Test func loopsInsideAForeach() throws {
        var run = try SketchedRun("start =xs=> loop; loop ?m=> loop a; a -> j; j& -> end; end")
        run.splits = { _ in 3 }
        run.choice = { ($0.iteration ?? 0) < ($0.index ?? 0) ? "loop" : "a" }
        run.handle(.begin)
        while let task = run.running.keys.max() { run.succeed(task) }
        let loops = run.started.filter { $0.step == "loop" }
        #expect(loops.filter { $0.index == 2 }.map(\.iteration) == [0, 1, 2])
        #expect(loops.filter { $0.index == 0 }.map(\.iteration) == [0])
        #expect(run.started.first(where: \.isJoin)?.parents.map(\.index) == [0, 1, 2])
        #expect(run.scheduler.storedElements == 0)
        #expect(run.outcome?.failures.isEmpty == true)
    }

    /// The branch of a split that went through a switch arrives in its place.
    @Test(arguments: ["c", "d"] as [StepName])
    func switchInABranch(target: StepName) throws {
        var run = try SketchedRun(
            "start -> a b; a ?m=> c d; c -> x; d -> y; x -> j; y -> j; b -> j; j& -> end; end")
        run.choice = { _ in target }
        run.handle(.begin)
        run.finish()
        let join = run.started.first(where: \.isJoin)
        #expect(join?.parents.map(\.step) == [target == "c" ? "x" : "y", "b"])
    }

    /// One alternative splits and joins again, the other does not.
    @Test(arguments: ["a", "b", "c"] as [StepName])
    func splitsInsideOfAlternatives(target: StepName) throws {
        var run = try SketchedRun(
            """
            start ?m=> a b c; a =xs=> a1; a1 -> aj; aj& -> end; b -> b1 b2; b1 -> bj; b2 -> bj; bj& -> z; z -> end
            c -> z; end
            """)
        run.choice = { _ in target }
        run.handle(.begin)
        run.finish()
        #expect(run.started.count(where: \.isJoin) == (target == "c" ? 0 : 1))
        #expect(run.outcome?.failures.isEmpty == true)
    }

    @Test(arguments: [
        (nil, "no self.next"), (TransitionTaken(targets: ["c"]), "self.next(self.c)"),
        (TransitionTaken(targets: ["a", "b"]), "self.next(self.a, self.b)"),
        (TransitionTaken(targets: ["a"], condition: "other"), "self.next(self.a, condition='other')"),
        (TransitionTaken(targets: ["a"], foreach: "xs", splits: 1), "self.next(self.a, foreach='xs')"),
    ] as [(TransitionTaken?, String)])
    func elsewhere(taken: TransitionTaken?, text: String) throws {
        var run = try SketchedRun(choice)
        run.handle(.begin)
        run.succeed("1", taken)
        #expect(
            run.outcome?.failures.first?.diagnostic.details == [
                "the source says: self.next({...: self.a, ...: self.b}, condition='mode')", "the task said: \(text)",
            ])
    }

    /// Two joins of one split, which wait for each other when the switches do not agree.
    @Test(arguments: [true, false])
    func partedBranches(agree: Bool) throws {
        var run = try SketchedRun(
            """
            start -> a b; a ?m=> c d; b ?m=> e f; c -> j; e -> j; d -> k; f -> k
            j& -> z; k& -> z; z -> end; end
            """)
        run.choice = { $0.step == "a" ? "c" : (agree ? "e" : "f") }
        run.handle(.begin)
        run.finish()
        if agree {
            #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "8")))
        } else {
            let failures = run.outcome?.failures ?? []
            #expect(failures.map(\.key) == [TaskKey(step: "f", task: "5")])
            #expect(
                failures.first?.diagnostic.headline
                    == "task f/5 leads to the join 'k', and another branch of the same split to 'j'")
        }
    }
}
