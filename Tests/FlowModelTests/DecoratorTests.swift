import Diagnostics
import FlowModel
import TestSupport
import Testing

@Suite struct DecoratorTests {
    private func description(
        _ decorators: DecoratorDescription..., flow: [DecoratorDescription] = []
    ) -> FlowDescription {
        var description = FlowDescription(sketch: "start -> end; end", decorators: flow)
        description.steps[0].decorators = decorators
        return description
    }

    private func pypi(_ attributes: [String: JSONValue], as name: String = "pypi") -> DecoratorDescription {
        DecoratorDescription(name: name, attributes: attributes, line: 9)
    }

    private func start(_ description: FlowDescription, with specs: String...) throws -> StepDecorators? {
        let added = try specs.map { try DecoratorSpec(parsing: $0) }
        return try FlowGraph(validating: description, adding: added)["start"]?.decorators
    }

    // MARK: retry, environment, resources

    @Test(arguments: [
        ([:], 3, 2), (["times": .integer(0)], 0, 2), (["times": .string("4")], 4, 2),
        (["times": .number(2), "minutes_between_retries": .string("0.5")], 2, 0.5),
        (["times": .null], 3, 2),
    ] as [([String: JSONValue], Int, Double)])
    func retries(attributes: [String: JSONValue], times: Int, minutes: Double) throws {
        let read = try start(description(DecoratorDescription(name: "retry", attributes: attributes)))
        #expect(read?.retry == RetryPolicy(times: times, minutesBetween: minutes))
        #expect(read?.maxAttempts == times + 1)
    }

    @Test func environmentVariables() throws {
        let vars = JSONValue.object(["A": .string("x=y"), "N": .integer(3)])
        let read = try start(description(DecoratorDescription(name: "environment", attributes: ["vars": vars])))
        #expect(read?.variables.values == ["A": "x=y", "N": "3"])
    }

    @Test func resourcesAreAccepted() throws {
        let read = try start(description(DecoratorDescription(name: "resources", attributes: ["memory": .integer(64000)])))
        #expect(read?.resources == ["memory": .integer(64000)])
    }

    // MARK: what is refused

    @Test(arguments: [
        (DecoratorDescription(name: "retry", attributes: ["times": .integer(5)], line: 9), "times=5"),
        (DecoratorDescription(name: "retry", attributes: ["times": .bool(true)], line: 9), "times=True"),
        (DecoratorDescription(name: "retry", attributes: ["minutes_between_retries": .integer(-1)], line: 9), "=-1"),
        (DecoratorDescription(name: "retry", attributes: ["time": .integer(1)], line: 9), "no attribute 'time'"),
        (DecoratorDescription(name: "retrry", line: 9), "not a decorator that Penstock knows"),
        (DecoratorDescription(name: "pypi_base", line: 9), "belongs on the flow"),
        (DecoratorDescription(name: "environment", attributes: ["vars": .string("A=1")], line: 9), "vars='A=1'"),
        (DecoratorDescription(name: "environment", attributes: ["vars": .object(["A=": .string("")])], line: 9), "'A='"),
        (DecoratorDescription(name: "environment", attributes: ["vars": .object(["A": .array([])])], line: 9), "[]"),
        (DecoratorDescription(name: "pypi", attributes: ["packages": .array([])], line: 9), "packages=[]"),
        (DecoratorDescription(name: "pypi", attributes: ["python": .string(">=")], line: 9), "python='>='"),
        (DecoratorDescription(name: "pypi", attributes: ["python": .string(">=3.9,3")], line: 9), "python='>=3.9,3'"),
        (DecoratorDescription(name: "pypi", attributes: ["python": .number(3.1)], line: 9), "python=3.1"),
        (DecoratorDescription(name: "pypi", attributes: ["disabled": .integer(1)], line: 9), "disabled=1"),
    ])
    func wrongDecorators(decorator: DecoratorDescription, part: String) {
        let found = FlowGraph.findings(in: description(decorator))
        #expect(found.map(\.label) == ["decorator start:9"])
        #expect(found.first?.message.contains(part) == true, "\(found)")
        #expect(found.first?.message.contains("of step 'start'") == true)
    }

    @Test(arguments: [
        ("project", "decorator -"), ("trigger", "decorator -"), ("retry", "decorator -"), ("x", "decorator -"),
    ])
    func wrongOnFlows(name: String, label: String) {
        let found = FlowGraph.findings(in: description(flow: [DecoratorDescription(name: name, line: 5)]))
        #expect(found.map(\.label) == [label])
        #expect(found.first?.line == 5)
    }

    @Test func twiceIsToldOnce() {
        let twice = DecoratorDescription(name: "retry", line: 9)
        #expect(FlowGraph.findings(in: description(twice, twice)).map(\.label) == ["decorator start:9"])
    }

    // MARK: packages

    @Test(arguments: [
        ("p", .string("1.2"), "1.2"), ("p", .string(" >=1,<2"), ">=1,<2"), ("p[a,b]", .string(""), ""),
        ("p", .string("@ git+https://git.example/p@main"), "@ git+https://git.example/p@main"),
        ("p@git+https://git.example/p", .string(""), ""),
    ] as [(String, JSONValue, String)])
    func packagesAreKeptAsWritten(key: String, value: JSONValue, version: String) throws {
        let read = try start(description(pypi(["packages": .object([key: value])])))
        let package = read?.packages?.packages.first
        #expect(package?.key == key)
        #expect(package?.version == version)
        #expect(package?.decorator == "pypi")
        #expect(package?.line == 9)
        #expect(package?.file == "flow.py")
    }

    @Test(arguments: [("p", .number(1.2)), ("-e .", .string("")), ("", .string("1"))] as [(String, JSONValue)])
    func refusedPackages(key: String, version: JSONValue) {
        let found = FlowGraph.findings(in: description(pypi(["packages": .object([key: version])])))
        #expect(found.map(\.label) == ["decorator start:9"])
        #expect(found.first?.message.contains("asks for '\(key)'") == true)
    }

    @Test func stepAndBaseAreMerged() throws {
        let base = pypi(
            ["python": .string("3.11"), "packages": .object(["b": .string("1"), "a": .string("1")])], as: "pypi_base")
        let own = pypi(["packages": .object(["a": .string("2"), "c": .string("3")]), "disabled": .null])
        let graph = try FlowGraph(validating: description(own, flow: [base]))
        let start = graph["start"]?.decorators.packages
        #expect(start?.python == "3.11")
        #expect(start?.packages.map { $0.key + $0.version } == ["a2", "b1", "c3"])
        #expect(graph["end"]?.decorators.packages?.packages.map { $0.key + $0.version } == ["a1", "b1"])
        #expect(graph["end"]?.decorators.isIsolated == true)
    }

    /// Step's word, base's word, and whether the step has an environment of its own.
    @Test(arguments: [
        (nil, nil, true), (.bool(true), nil, false), (nil, .string("True"), false),
        (.bool(false), .bool(true), true), (.string("false"), .string("true"), true),
    ] as [(JSONValue?, JSONValue?, Bool)])
    func disabling(own: JSONValue?, base: JSONValue?, isIsolated: Bool) throws {
        let read = try start(
            description(
                pypi(own.map { ["disabled": $0] } ?? [:]),
                flow: [pypi(base.map { ["disabled": $0] } ?? [:], as: "pypi_base")]))
        #expect(read?.isIsolated == isIsolated)
        #expect(read?.packages != nil)
    }

    @Test func environmentOptionIsolatesEveryStep() throws {
        let plain = description(pypi(["disabled": .bool(true)]))
        #expect(try FlowGraph(validating: plain)["end"]?.decorators.isIsolated == false)
        let isolated = try FlowGraph(validating: plain, isolation: .always)
        #expect(isolated["end"]?.decorators.packages == PackageRequirements())
        #expect(isolated["start"]?.decorators.isIsolated == false)
    }

    @Test(arguments: [
        (.string("3.11"), "3.11"), (.string(" 3.9.13 "), "3.9.13"), (.string("3.11.*"), "3.11.*"),
        (.string(">=3.9, <3.12"), ">=3.9, <3.12"), (.string("~=3.11.4"), "~=3.11.4"),
        (.string("3.13t"), "3.13t"), (.number(3.12), "3.12"), (.integer(3), "3"), (.string("3.15.0a2"), "3.15.0a2"),
    ] as [(JSONValue, String)])
    func pythons(value: JSONValue, text: String) throws {
        #expect(try start(description(pypi(["python": value])))?.packages?.python == text)
    }

    // MARK: --with

    @Test(arguments: [
        ("retry", "retry", [:]), ("retry:", "retry", [:]),
        ("retry:times=2", "retry", ["times": .integer(2)]),
        ("retry:times=2,minutes_between_retries=0.5", "retry",
            ["times": .integer(2), "minutes_between_retries": .number(0.5)]),
        ("environment:vars={\"A\": \"1,2\"}", "environment", ["vars": .object(["A": .string("1,2")])]),
        ("card:type=blank,id=a,b", "card", ["type": .string("blank"), "id": .string("a,b")]),
        ("pypi:packages={\"p\":\"1\"},python=3.11.*", "pypi",
            ["packages": .object(["p": .string("1")]), "python": .string("3.11.*")]),
        ("kubernetes:node_selector=a=b,example.com=c,cpu=2", "kubernetes",
            ["node_selector": .string("a=b,example.com=c"), "cpu": .integer(2)]),
        ("kubernetes:tolerations=[{\"key\": \"a,b\"}],labels={\"x\": \"y\"}", "kubernetes",
            ["tolerations": .array([.object(["key": .string("a,b")])]), "labels": .object(["x": .string("y")])]),
        ("slurm:extra=[\"--a=1,2\",\"--c\"],partition=a,b", "slurm",
            ["extra": .array([.string("--a=1,2"), .string("--c")]), "partition": .string("a,b")]),
        (#"batch:aws_batch_tags={\"a\": 1}"#, "batch", ["aws_batch_tags": .object(["a": .integer(1)])]),
        ("x:a=true,b=null,c=,d=a=b", "x",
            ["a": .bool(true), "b": .null, "c": .string(""), "d": .string("a=b")]),
    ] as [(String, String, [String: JSONValue])])
    func specs(text: String, name: String, attributes: [String: JSONValue]) throws {
        let spec = try DecoratorSpec(parsing: text)
        #expect(spec.name == name)
        #expect(spec.attributes == attributes)
    }

    @Test(arguments: ["", ":", "retry:times", "retry:=3", "a b"])
    func wrongSpecs(text: String) {
        let error = #expect(throws: DecoratorSpecError.self) { try DecoratorSpec(parsing: text) }
        #expect(error?.diagnostic.failure == .usage)
    }

    @Test func specsYieldToTheSource() throws {
        let flow = description(DecoratorDescription(name: "retry", attributes: ["times": .integer(1)]))
        let added = [try DecoratorSpec(parsing: "retry:times=2"), try DecoratorSpec(parsing: "retry:times=4")]
        let graph = try FlowGraph(validating: flow, adding: added)
        #expect(graph.attempts.mapValues(\.total) == ["start": 2, "end": 3])
    }

    @Test(arguments: [
        ("retry:times=9", "decorator -"), ("pypi_base", "decorator -"), ("nothing", "decorator -"),
        ("timeout:seconds=0", "decorator -"), ("batch:memory=0", "decorator -"), ("card:id=a b", "warning -"),
        ("kubernetes:nodes=2", "decorator -"), ("slurm:gpu=half", "decorator -"),
    ])
    func wrongSpecsAreToldOnce(text: String, label: String) throws {
        let found = FlowGraph.findings(in: description(), adding: [try DecoratorSpec(parsing: text)])
        #expect(found.map(\.label) == [label])
        #expect(found.first?.message.hasPrefix("--with '\(text)'") == true)
    }
}

extension StepDecorators {
    /// What `@pypi` and `@pypi_base` come to.
    var packages: PackageRequirements? {
        if case .packages(let asked)? = environment { asked } else { nil }
    }
}
