import FlowModel
import Scheduler
import Testing

@Suite struct RandomFlowTests {
    private typealias Place = RandomFlow.Place

    /// Every task of every path runs once, with the right parents in the right order, never too many at a time and never
    /// fewer than could run; whatever the order in which tasks end, and with some first attempts failing.
    @Test(arguments: 0..<150)
    func runsEverythingOnce(seed: Int) throws {
        let flow = RandomFlow(seed: UInt64(seed))
        let graph = try FlowGraph(validating: flow.description)
        var numbers = SeededNumbers(seed: UInt64(seed) + 1_000_000)
        let limit = Int.random(in: 1...6, using: &numbers)
        let limits = retrying(Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.name, 1) }))
        var run = SketchedRun(graph, SchedulerOptions(maxWorkers: limit, attempts: limits))
        run.splits = { RandomFlow.splits(at: Self.place($0)) }
        run.handle(.begin)
        while let task = run.running.keys.sorted().randomElement(using: &numbers) {
            let mayFail = run.running[task]?.attempt == 0 && Int.random(in: 0..<5, using: &numbers) == 0
            // What is done is forgotten: only the last task is left when it runs.
            if run.running[task]?.step == "end" { #expect(run.scheduler.storedElements == 1) }
            if mayFail { run.fail(task) } else { run.succeed(task) }
            #expect(run.running.count <= limit)
            #expect(run.running.count == limit || run.scheduler.waitingCount == 0)
        }
        check(run, flow)
    }

    private func check(_ run: SketchedRun, _ flow: RandomFlow) {
        let firsts = run.started.filter { $0.attempt == 0 }
        var places: [TaskID: Place] = ["0": Place(step: "_parameters", indices: [])]
        for assignment in firsts { places[assignment.task] = Self.place(assignment) }
        var found: [Place: [Place]] = [:]
        for assignment in run.started {
            let parents = assignment.parents.compactMap { places[$0.task] }
            #expect(parents.map(\.step) == assignment.parents.map(\.step.text))
            if assignment.attempt != 0 { #expect(found[Self.place(assignment)] == parents) }
            found[Self.place(assignment)] = parents
        }
        #expect(found == flow.expected)
        #expect(firsts.count == flow.expected.count)
        #expect(firsts.map(\.task.number) == (1...firsts.count).map { $0 })
        #expect(run.scheduler.storedElements == 0)
        #expect(run.outcome == run.started.last.map { .succeeded($0.key) })
    }

    private static func place(_ assignment: TaskAssignment) -> Place {
        Place(step: assignment.step.text, indices: assignment.frames.compactMap(\.index))
    }
}
