import FlowModel
import TestSupport
import Testing

/// What each decorator of a step asks for, and what it may not say.
@Suite struct StepDecoratorTests {
    private func description(_ decorators: [DecoratorDescription], sketch: String = "start -> end; end") -> FlowDescription {
        var description = FlowDescription(sketch: sketch)
        description.steps[0].decorators = decorators
        return description
    }

    private func start(
        _ name: String, _ attributes: [String: JSONValue] = [:], with specs: String...
    ) throws -> StepDecorators? {
        let flow = description([DecoratorDescription(name: name, attributes: attributes, line: 9)])
        return try FlowGraph(validating: flow, adding: specs.map { try DecoratorSpec(parsing: $0) })["start"]?.decorators
    }

    private func inline(_ variables: JSONValue, id: String = "1") -> JSONValue {
        .object(["type": .string("inline"), "id": .string(id), "options": .object(["env_vars": variables])])
    }

    // MARK: What they ask for

    @Test(arguments: [
        ([:], CatchPolicy()), (["var": .string("err"), "print_exception": .bool(false)], CatchPolicy(variable: "err", printsException: false)),
        (["print_exception": .string("False")], CatchPolicy(printsException: false)),
        (["var": .null], CatchPolicy()),
    ] as [([String: JSONValue], CatchPolicy)])
    func catches(attributes: [String: JSONValue], policy: CatchPolicy) throws {
        #expect(try start("catch", attributes)?.catch == policy)
    }

    /// The person's code is tried as often as `@retry` says, then `@catch` three times, six attempts in all.
    @Test(arguments: [
        (nil, false, 1, 1), (2, false, 3, 3), (nil, true, 1, 4), (1, true, 2, 5), (4, true, 5, 6), (0, true, 1, 4),
    ] as [(Int?, Bool, Int, Int)])
    func attempts(times: Int?, catches: Bool, user: Int, total: Int) throws {
        var decorators: [DecoratorDescription] = catches ? [DecoratorDescription(name: "catch")] : []
        if let times { decorators.append(DecoratorDescription(name: "retry", attributes: ["times": .integer(times)])) }
        let graph = try FlowGraph(validating: description(decorators))
        #expect(graph["start"]?.decorators.userAttempts == user)
        #expect(graph["start"]?.decorators.maxAttempts == total)
        #expect(graph.attempts == (total == 1 ? [:] : ["start": AttemptLimits(user: user, total: total)]))
    }

    @Test(arguments: [
        (["seconds": .integer(5)], 5), (["minutes": .string("2"), "hours": .integer(1)], 3720),
        (["seconds": .number(1.9)], 1), (["hours": .integer(1), "seconds": .null], 3600),
    ] as [([String: JSONValue], Int)])
    func timeouts(attributes: [String: JSONValue], seconds: Int) throws {
        #expect(try start("timeout", attributes)?.timeout == .seconds(seconds))
    }

    @Test func secrets() throws {
        let inline = inline(.object(["A": .string("1"), "B": .string("2")]))
        let read = try start(
            "secrets",
            ["sources": .array([inline, .string("inline.x"), .string("mine")]), "role": .string("r"),
                "allow_override": .string("true")])
        #expect(
            read?.secrets == [
                SecretSource(source: inline, backend: "inline", id: "1"),
                SecretSource(source: .string("inline.x"), backend: "inline", id: "x"),
                SecretSource(source: .string("mine"), backend: nil, id: "mine"),
            ])
        #expect(read?.secretsRole == "r")
        #expect(read?.allowsOverride == true)
    }

    @Test func cards() throws {
        let first = DecoratorDescription(name: "card", attributes: ["type": .string("blank"), "id": .string("a")], line: 8)
        let second = DecoratorDescription(
            name: "card",
            attributes: [
                "timeout": .string("10"), "save_errors": .bool(false), "customize": .string("True"),
                "refresh_interval": .number(0.5), "options": .object(["x": .integer(1)]), "rank": .string("high"),
            ])
        let graph = try FlowGraph(
            validating: description([first, second]), adding: [try DecoratorSpec(parsing: "card:id=b")])
        #expect(
            graph["start"]?.decorators.cards == [
                CardRequest(type: "blank", id: "a"),
                CardRequest(
                    options: .object(["x": .integer(1)]), timeout: 10, saveErrors: false, customize: true,
                    refreshInterval: 0.5),
                CardRequest(id: "b"),
            ])
        #expect(graph["end"]?.decorators.cards == [CardRequest(id: "b")])
        #expect(graph.warnings.isEmpty)
    }

    @Test(arguments: [JSONValue.string("a b"), .string(""), .string("ä"), .array([])])
    func badCardIdsAreOnlyWarnedOf(id: JSONValue) throws {
        let graph = try FlowGraph(
            validating: description([DecoratorDescription(name: "card", attributes: ["id": id], line: 9)]))
        #expect(graph["start"]?.decorators.cards == [CardRequest()])
        #expect(graph.warnings.map(\.label) == ["warning start:9"])
    }

    @Test(arguments: ["parallel", "pytorch_parallel"])
    func parallel(name: String) throws {
        var flow = FlowDescription(sketch: "start =2=> a; a -> j; j& -> end; end")
        flow.steps[1].decorators = [DecoratorDescription(name: name)]
        let graph = try FlowGraph(validating: flow)
        #expect(graph["a"]?.isParallel == true)
        #expect(graph["start"]?.transition == .parallel("a"))
    }

    /// What Python has accepted is accepted; the engine only counts the attempts.
    @Test func plugins() throws {
        let plugin = DecoratorDescription(
            name: "retry", attributes: ["anything": .integer(1)], isPlugin: true, retries: PluginRetries(user: 2, error: 1))
        let graph = try FlowGraph(
            validating: description([plugin, plugin, DecoratorDescription(name: "catch"), DecoratorDescription(name: "mine.deco", isPlugin: true)]))
        #expect(graph["start"]?.decorators.attempts == AttemptLimits(user: 3, total: 6))
        #expect(graph["start"]?.decorators.all.count == 4)
    }

    @Test(arguments: [("retry", true), ("exit_hook", true), ("mine", false)])
    func builtIns(name: String, isBuiltIn: Bool) { #expect(DecoratorCatalogue.isBuiltIn(name) == isBuiltIn) }

    // MARK: What is refused

    @Test(arguments: [
        ("catch", ["var": .integer(1)], "var=1"), ("catch", ["var": .string("a b")], "var='a b'"),
        ("catch", ["print_exception": .string("maybe")], "print_exception='maybe'"),
        ("timeout", [:], "has no duration"), ("timeout", ["seconds": .integer(0)], "has no duration"),
        ("timeout", ["seconds": .integer(-1)], "seconds=-1"), ("timeout", ["minutes": .string("x")], "minutes='x'"),
        ("timeout", ["hours": .integer(Int.max)], "hours="), ("timeout", ["hours": .integer(2_000_000)], "lasts for"),
        ("secrets", ["sources": .string("a")], "sources that are no list"), ("secrets", ["sources": .array([.integer(1)])], "source 1"),
        ("secrets", ["sources": .array([.object(["type": .string("inline")])])], "a source with 'type'"),
        ("secrets", ["sources": .array([.string("vault.x")])], "the backend 'vault'"),
        ("secrets", ["role": .integer(1)], "role=1"),
        ("card", ["timeout": .integer(0)], "timeout=0"), ("card", ["options": .array([])], "options=[]"),
        ("card", ["type": .integer(1)], "type=1"), ("card", ["refresh_interval": .string("often")], "refresh_interval='often'"),
        ("parallel", ["nodes": .integer(1)], "no attribute 'nodes'"),
    ] as [(String, [String: JSONValue], String)])
    func wrong(name: String, attributes: [String: JSONValue], part: String) {
        let found = FlowGraph.findings(
            in: description([DecoratorDescription(name: name, attributes: attributes, line: 9)], sketch: "start -> end; end"))
        #expect(found.filter { $0.label == "decorator start:9" && $0.message.contains(part) }.count == 1, "\(found)")
    }

    @Test(arguments: [
        (.object(["1A": .string("")]), "'1A'"), (.object(["METAFLOW_X": .string("")]), "'METAFLOW_X'"),
        (.object(["A": .integer(1)]), "no text"), (.array([]), "no dictionary"),
    ] as [(JSONValue, String)])
    func wrongInlineSecrets(variables: JSONValue, part: String) {
        let sources = JSONValue.array([inline(variables)])
        let found = FlowGraph.findings(
            in: description([DecoratorDescription(name: "secrets", attributes: ["sources": sources], line: 9)]))
        #expect(found.map(\.label) == ["decorator start:9"])
        #expect(found.first?.message.contains(part) == true, "\(found)")
    }

    @Test func secretsDoNotClash() {
        let one = JSONValue.object(["A": .string("1")])
        let sources = JSONValue.array([inline(one), inline(one, id: "2")])
        let found = FlowGraph.findings(
            in: description([DecoratorDescription(name: "secrets", attributes: ["sources": sources], line: 9)]))
        #expect(found.map(\.message) == ["@secrets of step 'start' sets the variable 'A' twice, by the secrets '1' and '2'"])
    }

    @Test(arguments: ["aws-secrets-manager", "gcp-secret-manager", "az-key-vault"])
    func secretsFromElsewhere(backend: String) {
        let sources = JSONValue.array([.string("\(backend).a.b")])
        let found = FlowGraph.findings(
            in: description([DecoratorDescription(name: "secrets", attributes: ["sources": sources], line: 9)]))
        #expect(found.map(\.label) == ["unsupported start:9"])
        #expect(found.first?.message.contains("fetches 'a.b' from \(backend), which is not part of this version") == true)
    }

    /// Of the source and of the command line alike.
    @Test(arguments: [
        ("catch", "start =x=> a; a -> j; j& -> end; end"), ("catch", "start ?m=> a b; a -> end; b -> end; end"),
        ("parallel", "start ?m=> a b; a -> end; b -> end; end"),
    ])
    func wrongPlaces(name: String, sketch: String) throws {
        let own = description([DecoratorDescription(name: name, line: 9)], sketch: sketch)
        #expect(FlowGraph.findings(in: own).map(\.label).contains("decorator start:9"))
        let found = FlowGraph.findings(in: FlowDescription(sketch: sketch), adding: [try DecoratorSpec(parsing: name)])
        #expect(found.map(\.label) == ["decorator start:10"])
        #expect(found.first?.message.hasPrefix("--with '\(name)' on step 'start'") == true)
    }
}
