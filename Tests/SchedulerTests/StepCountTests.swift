import FlowModel
import Scheduler
import TestSupport
import Testing

/// What a live view shows of each step.
@Suite struct StepCountTests {
    /// `step running/waiting/finished/failed of expected`.
    private func texts(_ run: SketchedRun) -> [String] {
        run.scheduler.stepCounts.map {
            "\($0.step) \($0.running)/\($0.waiting)/\($0.finished)/\($0.failed) of \($0.expected.map(String.init) ?? "?")"
        }
    }

    @Test func foreachIsKnownOnceItHasSplit() throws {
        var run = try SketchedRun(
            "start =xs=> a; a -> b; b -> j; j& -> end; end", SchedulerOptions(maxWorkers: 2))
        run.splits = { _ in 5 }
        run.handle(.begin)
        #expect(texts(run) == ["start 1/0/0/0 of 1", "a 0/0/0/0 of ?", "b 0/0/0/0 of ?", "j 0/0/0/0 of 1", "end 0/0/0/0 of 1"])
        run.succeed("1")
        run.succeed("2")
        #expect(texts(run).dropFirst() == ["a 2/2/1/0 of 5", "b 0/1/0/0 of 5", "j 0/0/0/0 of 1", "end 0/0/0/0 of 1"])
        run.fail("3")
        #expect(texts(run)[1] == "a 1/2/1/1 of 5")
    }

    @Test func switchesAndLoopsAreKnownWhenTheyAreOver() throws {
        var run = try SketchedRun("start -> loop; loop ?m=> loop a b; a -> c; b -> c; c -> end; end")
        run.choice = { $0.iteration == 0 ? "loop" : "b" }
        run.handle(.begin)
        run.succeed("1")
        run.succeed("2")
        #expect(texts(run).dropFirst() == ["loop 1/0/1/0 of ?", "a 0/0/0/0 of ?", "b 0/0/0/0 of ?", "c 0/0/0/0 of ?", "end 0/0/0/0 of ?"])
        run.succeed("3")
        #expect(texts(run).dropFirst() == ["loop 0/0/2/0 of 2", "a 0/0/0/0 of 0", "b 1/0/0/0 of 1", "c 0/0/0/0 of 1", "end 0/0/0/0 of 1"])
    }

    @Test func gangsAndUnboundedForeaches() throws {
        var run = try SketchedRun("start =xs=> a; a -> k; k& -> s; s =2=> t; @parallel t -> j; j& -> end; end",
            SchedulerOptions(attempts: retrying(["t": 1])))
        run.isUnbounded = { _ in true }
        run.splits = { _ in 3 }
        run.handle(.begin)
        run.succeed("1")
        #expect(texts(run)[1] == "a 1/0/0/0 of ?")
        run.succeed("2")
        #expect(texts(run)[1] == "a 3/0/1/0 of 4")
        while run.running["5"] == nil { run.finishLowest() }
        run.succeed("5")
        run.fail("5_node_1")
        #expect(texts(run)[4] == "t 1/0/0/0 of 3")
        run.fail("5_node_2")
        #expect(texts(run)[4] == "t 3/0/0/0 of 3")
        run.finish()
        #expect(texts(run)[4] == "t 0/0/3/0 of 3")
    }
}

extension SketchedRun {
    fileprivate mutating func finishLowest() { if let task = running.keys.min() { succeed(task) } }
}
