import FlowModel
import Scheduler
import Testing

@Suite struct RandomFlowTests {
    private typealias Place = ExpectedRun.Place

    /// Every task of every path runs once, with the right parents in the right order, never too many at a time and never
    /// fewer than could run; whatever the order in which tasks end, with some first attempts failing, and with some tasks
    /// that succeed in the middle of the effects that start them.
    @Test(arguments: 0..<400)
    func runsEverythingOnce(seed: Int) throws {
        let flow = RandomFlow(seed: UInt64(seed))
        let graph = try FlowGraph(validating: flow.description)
        var numbers = SeededNumbers(seed: UInt64(seed) + 1_000_000)
        let limit = Int.random(in: 1...6, using: &numbers)
        let attempts = retrying(Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.name, 1) }))
        var run = run(of: flow, graph, SchedulerOptions(maxWorkers: limit, attempts: attempts))
        if seed % 4 == 0 { run.isCloned = { Self.place($0).decision(3) == 0 } }
        run.handle(.begin)
        while let task = run.running.keys.sorted().randomElement(using: &numbers), let assignment = run.running[task] {
            // What is done is forgotten: only the last task is left when it runs.
            if assignment.step == "end" { #expect(run.scheduler.storedElements == 1) }
            let isUnwanted = run.ended.contains(assignment.key)
            let mayFail = assignment.attempt.value + 1 < assignment.maxAttempts && !Self.catches(assignment)
            if isUnwanted || mayFail, Int.random(in: 0..<5, using: &numbers) == 0 { run.fail(task) } else { run.succeed(task) }
            #expect(run.takenWorkers <= limit)
            #expect(run.takenWorkers == limit || run.scheduler.waitingCount == 0)
            checkCounts(of: run)
        }
        check(run, ExpectedRun(of: flow))
    }

    private func run(of flow: RandomFlow, _ graph: FlowGraph, _ options: SchedulerOptions) -> SketchedRun {
        var run = SketchedRun(graph, options)
        run.splits = { ExpectedRun.splits(at: Self.place($0)) }
        run.isUnbounded = { flow.unbounded.contains($0.step.text) }
        run.catches = Self.catches
        run.choice = { assignment in
            guard let targets = graph[assignment.step]?.outputs else { return nil }
            return targets[ExpectedRun.choice(at: Self.place(assignment), of: targets.count)]
        }
        return run
    }

    private static func catches(_ assignment: TaskAssignment) -> Bool {
        assignment.parallel?.index == 0 && ExpectedRun.catches(at: place(assignment))
    }

    private func checkCounts(of run: SketchedRun) {
        let counts = run.scheduler.stepCounts
        #expect(counts.reduce(0) { $0 + $1.running } == run.running.count)
        #expect(counts.reduce(0) { $0 + $1.waiting } == run.scheduler.waitingCount)
        #expect(counts.allSatisfy { $0.running >= 0 && $0.waiting >= 0 })
        #expect(counts.allSatisfy { $0.expected ?? .max >= $0.running + $0.finished + $0.waiting }, "\(counts)")
    }

    private func check(_ run: SketchedRun, _ expected: ExpectedRun) {
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
        #expect(found == expected.tasks)
        #expect(firsts.count == expected.tasks.count)
        let numbers = firsts.compactMap(\.task.number)
        #expect(numbers.sorted() == Array(1...numbers.count))
        #expect(run.scheduler.storedElements == 0)
        #expect(run.outcome == run.started.last { $0.step == "end" }.map { .succeeded($0.key) })
        for count in run.scheduler.stepCounts {
            let tasks = Set(run.started.filter { $0.step == count.step }.map(\.task)).count
            #expect([count.expected, count.finished] == [tasks, tasks])
            #expect(count.failed == 0)
        }
    }

    private static func place(_ assignment: TaskAssignment) -> Place {
        Place(
            step: assignment.step.text, indices: assignment.frames.map { $0.index ?? -1 },
            iteration: assignment.iteration ?? 0)
    }
}
