import FlowModel
import TestSupport
import Testing

/// What decorators and `--with` ask of clusters. `@NAME` beside a step are made with the attributes of `settings`.
@Suite struct ComputeTests {
    private static let flow = "start -> many; many =items=> work; work -> join; join& -> end; end"

    private func decorators(
        of step: StepName = "work", _ own: [DecoratorDescription], with specs: [String] = []
    ) throws -> StepDecorators {
        let graph = try FlowGraph(validating: description(step, own), adding: specs.map { try DecoratorSpec(parsing: $0) })
        return try #require(graph[step]?.decorators)
    }

    private func findings(
        of step: StepName = "work", sketch: String = flow, _ own: [DecoratorDescription], with specs: [String] = []
    ) throws -> [FlowFinding] {
        FlowGraph.findings(
            in: description(step, sketch: sketch, own), adding: try specs.map { try DecoratorSpec(parsing: $0) })
    }

    private func description(
        _ step: StepName, sketch: String = flow, _ own: [DecoratorDescription]
    ) -> FlowDescription {
        var flow = FlowDescription(sketch: sketch)
        for index in flow.steps.indices where flow.steps[index].name == step { flow.steps[index].decorators = own }
        return flow
    }

    private func decorator(_ name: String, _ attributes: [String: JSONValue] = [:]) -> DecoratorDescription {
        DecoratorDescription(name: name, attributes: attributes, line: 9)
    }

    // MARK: which cluster

    @Test(arguments: ["slurm", "kubernetes", "batch"])
    func aDecoratorAndAnOptionAreAlike(name: String) throws {
        let decorated = try decorators([decorator(name, ["cpu": .integer(2)])]).compute
        let added = try decorators([], with: ["\(name):cpu=2"]).compute
        #expect(decorated != nil)
        #expect(decorated == added)
        #expect(decorated?.executor == name)
        #expect(decorated?.resources == ComputeResources(cpu: 2))
        #expect(try decorators([]).compute == nil)
    }

    @Test(arguments: ["start", "many", "join", "end"] as [StepName])
    func anOptionIsForEveryStep(step: StepName) throws {
        #expect(try decorators(of: step, [], with: ["slurm"]).compute?.executor == "slurm")
    }

    @Test func theStepsOwnWordCounts() throws {
        let compute = try decorators([decorator("kubernetes", ["cpu": .string("4")])], with: ["kubernetes:cpu=1,memory=5"]).compute
        #expect(compute?.resources == ComputeResources(cpu: 4))
    }

    @Test func theFirstOptionOfANameCounts() throws {
        #expect(try decorators([], with: ["batch:cpu=2", "batch:cpu=8"]).compute?.resources.cpu == 2)
    }

    @Test func twoPlacesAreOneError() throws {
        let found = try findings([decorator("batch"), decorator("kubernetes")])
        #expect(found.map(\.label) == ["decorator work:9"])
        #expect(found.first?.message == "@kubernetes of step 'work' stands beside @batch, and a step runs in one place")
    }

    @Test func anOptionBesideADecoratorIsToldWithItsStep() throws {
        let found = try findings([decorator("batch")], with: ["slurm"])
        #expect(found.map(\.label) == ["decorator work:30"])
        #expect(
            found.first?.message == "--with 'slurm' on step 'work' stands beside @batch, and a step runs in one place")
    }

    @Test func twoOptionsAreToldOnce() throws {
        let found = try findings([], with: ["slurm", "kubernetes:cpu=2"])
        #expect(found.map(\.label) == ["decorator -"])
        #expect(
            found.first?.message
                == "--with 'kubernetes:cpu=2' stands beside --with 'slurm', and a step runs in one place")
    }

    // MARK: resources

    /// cluster, its attributes, those of `@resources`, what comes of it.
    @Test(arguments: [
        ("kubernetes", [:], nil, ComputeResources()),
        ("kubernetes", ["cpu": .number(0.5), "memory": .string("512"), "disk": .integer(7)], nil,
            ComputeResources(cpu: 0.5, memory: 512, disk: 7)),
        ("kubernetes", ["cpu": .integer(2)], ["cpu": .integer(4)], ComputeResources(cpu: 4, memory: 4096)),
        ("kubernetes", ["cpu": .integer(8)], ["cpu": .integer(4)], ComputeResources(cpu: 8, memory: 4096)),
        ("kubernetes", ["cpu": .integer(8), "memory": .integer(1000)], [:], ComputeResources(cpu: 8, memory: 4096)),
        ("kubernetes", ["gpu": .integer(1)], ["gpu": .string("2"), "shared_memory": .integer(64)],
            ComputeResources(cpu: 1, memory: 4096, gpu: 2, sharedMemory: 64)),
        ("batch", ["memory": .string("9000.2")], ["memory": .integer(16000), "disk": .integer(3)],
            ComputeResources(cpu: 1, memory: 16000, disk: 3)),
        ("batch", ["memory": .string("9000.2"), "cpu": .string(""), "gpu": .integer(0)], nil,
            ComputeResources(memory: 9001, gpu: 0)),
        ("slurm", ["cpu": .integer(2)], ["memory": .integer(100)], ComputeResources(cpu: 2, memory: 100)),
        ("slurm", [:], [:], ComputeResources()),
    ] as [(String, [String: JSONValue], [String: JSONValue]?, ComputeResources)])
    func resources(
        name: String, own: [String: JSONValue], shared: [String: JSONValue]?, result: ComputeResources
    ) throws {
        let all = [decorator(name, own)] + (shared.map { [decorator("resources", $0)] } ?? [])
        #expect(try decorators(all).compute?.resources == result)
        #expect(try decorators(all.reversed()).compute?.resources == result)
    }

    @Test func resourcesOfTheCommandLineCount() throws {
        let compute = try decorators([decorator("slurm", ["cpu": .integer(1)])], with: ["resources:cpu=3,gpu=1"]).compute
        #expect(compute?.resources == ComputeResources(cpu: 3, gpu: 1))
    }

    @Test(arguments: [
        ("cpu", .integer(0)), ("cpu", .string("two")), ("cpu", .number(-1)), ("cpu", .bool(true)), ("memory", .integer(0)),
        ("memory", .string("4GB")), ("disk", .integer(-3)), ("disk", .number(1e300)), ("gpu", .number(0.5)), ("gpu", .integer(-1)),
        ("shared_memory", .number(1.5)), ("shared_memory", .array([])),
    ] as [(String, JSONValue)])
    func wrongAmounts(attribute: String, value: JSONValue) throws {
        for owner in ["kubernetes", "resources"] {
            let found = try findings([decorator(owner, [attribute: value])], with: owner == "resources" ? ["batch"] : [])
            #expect(found.map(\.label) == ["decorator work:9"])
            #expect(found.first?.message == "@\(owner) of step 'work' has \(attribute)=\(value)")
        }
    }

    @Test func wrongResourcesDoNotMatterOnThePersonsMachine() throws {
        #expect(try findings([decorator("resources", ["cpu": .string("two")])]).isEmpty)
    }

    // MARK: time, image, executable

    @Test func timeoutIsTheLimit() throws {
        let timeout = decorator("timeout", ["minutes": .integer(2), "seconds": .integer(5)])
        #expect(try decorators([decorator("batch"), timeout]).compute?.timeLimit == .seconds(125))
        #expect(try decorators([timeout], with: ["slurm"]).compute?.timeLimit == .seconds(125))
        #expect(try decorators([decorator("kubernetes")]).compute?.timeLimit == nil)
    }

    @Test(arguments: [(59, false), (60, true)])
    func aJobNeedsAMinute(seconds: Int, isRight: Bool) throws {
        let timeout = decorator("timeout", ["seconds": .integer(seconds)])
        let found = try findings([decorator("batch"), timeout])
        #expect(found.isEmpty == isRight)
        #expect(isRight || found.first?.message.hasSuffix("goes with a @timeout of 60 seconds at least, not with 59") == true)
        #expect(try findings([timeout]).isEmpty)
    }

    @Test func imageAndExecutable() throws {
        let asked = decorator("kubernetes", ["image": .string("a/b:c"), "executable": .string("python3.9")])
        let compute = try decorators([asked]).compute
        #expect(compute?.image == "a/b:c")
        #expect(compute?.executable == "python3.9")
        #expect(try decorators([decorator("batch", ["image": .string("")])]).compute?.image == nil)
        let found = try findings([], with: ["batch:image=a b"])
        #expect(found.map(\.label) == ["decorator -"])
    }

    // MARK: parallel steps

    @Test(arguments: [("kubernetes", 1), ("slurm", 0), ("batch", 0)])
    func catchOnParallelSteps(name: String, count: Int) throws {
        let sketch = "start =2=> work; work -> join; join& -> end; end"
        let own = [decorator("parallel"), decorator("catch")]
        let found = try findings(sketch: sketch, own, with: [name])
        #expect(found.count == count)
        #expect(found.allSatisfy { $0.message.hasSuffix("does not go with @catch on a step with @parallel") })
        #expect(try findings(sketch: sketch, [decorator("parallel"), decorator(name)]).isEmpty)
    }
}
