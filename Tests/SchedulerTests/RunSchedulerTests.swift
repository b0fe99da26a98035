import FlowModel
import Scheduler
import TestSupport
import Testing

@Suite struct RunSchedulerTests {
    private let diamond = "start -> a b; a -> j; b -> j; j& -> end; end"
    private let fan = "start =xs=> a; a -> b; b -> j; j& -> end; end"

    private func names(_ run: SketchedRun) -> [String] { run.started.map(\.key.description) }

    @Test func nothingStartsBeforeTheParametersAreStored() throws {
        let run = try SketchedRun("start -> end; end")
        #expect(run.started.isEmpty)
        #expect(run.outcome == nil)
    }

    @Test func linear() throws {
        var run = try SketchedRun("start -> a; a -> end; end")
        run.handle(.begin)
        #expect(run.started[0].parents == [ParentTask(step: .parameters, task: "0")])
        run.finish()
        #expect(names(run) == ["start/1", "a/2", "end/3"])
        #expect(run.started[2].parents == [ParentTask(step: "a", task: "2")])
        #expect(run.started.allSatisfy { $0.frames.isEmpty && !$0.isJoin && $0.maxAttempts == 1 && $0.index == nil })
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "3")))
    }

    @Test func oneStep() throws {
        var run = try SketchedRun("only")
        run.handle(.begin)
        run.finish()
        #expect(run.outcome == .succeeded(TaskKey(step: "only", task: "1")))
    }

    /// The join takes the branches in the order of their declaration, whichever came first.
    @Test func branchesJoinInOrderOfDeclaration() throws {
        var run = try SketchedRun(diamond)
        run.handle(.begin)
        run.succeed("1")
        #expect(run.runningNames == ["a/2", "b/3"])
        run.succeed("3")
        #expect(run.runningNames == ["a/2"])
        run.succeed("2")
        #expect(run.started.last?.isJoin == true)
        #expect(run.started.last?.parents == [ParentTask(step: "a", task: "2"), ParentTask(step: "b", task: "3")])
        run.finish()
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "5")))
    }

    @Test func nestedBranches() throws {
        var run = try SketchedRun(
            "start -> a b; a -> c d; c -> k; d -> k; k& -> j; b -> j; j& -> end; end")
        run.handle(.begin)
        run.finish()
        let join = run.started.first { $0.step == "j" }
        #expect(join?.parents.map(\.step) == ["k", "b"])
        #expect(run.started.first { $0.step == "k" }?.parents.map(\.step) == ["c", "d"])
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "8")))
    }

    @Test func splitStraightIntoItsJoin() throws {
        var run = try SketchedRun("start -> a j; a -> j; j& -> end; end")
        run.handle(.begin)
        run.finish()
        #expect(run.started.first(where: \.isJoin)?.parents.map(\.step) == ["a", "start"])
    }

    @Test func foreachFramesAndOrder() throws {
        var run = try SketchedRun(fan)
        run.splits = { _ in 3 }
        run.handle(.begin)
        run.succeed("1")
        #expect(run.notes == [.foreachYields(TaskKey(step: "start", task: "1"), splits: 3)])
        #expect(run.runningNames == ["a/2", "a/3", "a/4"])
        for task in ["4", "2", "3"] as [TaskID] { run.succeed(task) }
        // The second step of each branch, in the order in which the first ones ended.
        #expect(run.started.suffix(3).map { $0.index } == [2, 0, 1])
        run.finish()
        let second = run.started.first { $0.step == "b" && $0.index == 1 }
        #expect(
            second?.frames == [
                ForeachFrame(
                    step: "start", splitTask: "1", splitAttempt: 0, variable: "xs", splits: 3, index: 1,
                    value: "xs 1")
            ])
        let join = run.started.first(where: \.isJoin)
        #expect(join?.frames == [])
        #expect(
            join?.parents == [
                ParentTask(step: "b", task: "6", index: 0), ParentTask(step: "b", task: "7", index: 1),
                ParentTask(step: "b", task: "5", index: 2),
            ])
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: "9")))
    }

    @Test func nestedForeach() throws {
        var run = try SketchedRun("start =xs=> a; a =ys=> b; b -> k; k& -> j; j& -> end; end")
        run.splits = { $0.step == "start" ? 2 : 1 + ($0.index ?? 0) }
        run.handle(.begin)
        run.finish()
        #expect(run.started.filter { $0.step == "b" }.map { $0.frames.map(\.index) } == [[0, 0], [1, 0], [1, 1]])
        #expect(run.started.filter { $0.step == "b" }.map { $0.frames.map(\.splits) } == [[2, 1], [2, 2], [2, 2]])
        let inner = run.started.filter { $0.step == "k" }
        #expect(inner.map { $0.frames.map(\.index) } == [[0], [1]])
        #expect(inner.map { $0.parents.map(\.index) } == [[0], [0, 1]])
        #expect(run.started.first { $0.step == "j" }?.parents.map(\.index) == [0, 1])
    }

    @Test func foreachInsideOfABranchInsideOfAForeach() throws {
        var run = try SketchedRun(
            "start =xs=> a; a -> b c; b =ys=> d; d -> k; k& -> m; c -> m; m& -> j; j& -> end; end")
        run.handle(.begin)
        run.finish()
        #expect(run.started.filter { $0.step == "d" }.map { $0.frames.map(\.step) } == Array(repeating: ["start", "b"], count: 4))
        #expect(run.started.filter { $0.step == "m" }.allSatisfy { $0.parents.map(\.step) == ["k", "c"] })
        #expect(run.started.filter { $0.step == "m" }.allSatisfy { $0.parents.allSatisfy { $0.index == nil } })
        #expect(run.outcome == .succeeded(TaskKey(step: "end", task: TaskID(number: run.started.count))))
    }

    @Test func missingValuesAreNothing() throws {
        var run = try SketchedRun(fan)
        run.handle(.begin)
        run.succeed("1", TransitionTaken(targets: ["a"], foreach: "xs", splits: 2, values: ["x"]))
        #expect(run.started.suffix(2).map { $0.frames[0].value } == ["x", nil])
    }
}
