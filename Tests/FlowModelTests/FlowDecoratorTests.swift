import Diagnostics
import FlowModel
import TestSupport
import Testing

/// Decorators of the flow's class.
@Suite struct FlowDecoratorTests {
    private func flow(_ decorators: [DecoratorDescription]) -> FlowDescription {
        FlowDescription(sketch: "start -> end; end", decorators: decorators)
    }

    private func flow(_ name: String, _ attributes: [String: JSONValue]) -> FlowDescription {
        flow([DecoratorDescription(name: name, attributes: attributes, line: 5)])
    }

    private func function(_ name: String) -> JSONValue {
        .object(["$python": .string("function"), "text": .string(name)])
    }

    @Test func project() throws {
        let graph = try FlowGraph(validating: flow("project", ["name": .string("p_1"), "production": .string("True")]))
        let settings = graph.decorators.project
        #expect(settings == ProjectSettings(name: "p_1", production: true, file: "flow.py", line: 5))
        #expect(graph.decorators.options.map(\.name) == ["branch", "production"])
        #expect(try FlowGraph(validating: flow([])).decorators.options.isEmpty)
    }

    @Test func hooks() throws {
        let first = DecoratorDescription(
            name: "exit_hook", attributes: ["on_success": .array([function("__main__.done"), .string("also")])])
        let second = DecoratorDescription(
            name: "exit_hook", attributes: ["on_error": function("hooks.Some.<locals>.oops"), "on_success": .array([])])
        let graph = try FlowGraph(validating: flow([first, second]))
        #expect(graph.decorators.exitHooks == [ExitHook(onSuccess: ["done", "also"]), ExitHook(onError: ["oops"])])
    }

    @Test func schedulesAndTriggersAreRecorded() throws {
        let graph = try FlowGraph(
            validating: flow([
                DecoratorDescription(name: "schedule", attributes: ["hourly": .bool(true)]),
                DecoratorDescription(name: "trigger", attributes: ["events": .array([.string("a"), function("m.f")])]),
                DecoratorDescription(name: "trigger_on_finish", attributes: ["flow": .object(["name": .string("F")])]),
                DecoratorDescription(name: "mine", attributes: ["x": .integer(1)], isPlugin: true),
            ]))
        #expect(graph.decorators.schedule == .object(["hourly": .bool(true)]))
        #expect(graph.decorators.triggers.count == 2)
        #expect(graph.decorators.options.map(\.name) == ["trigger"])
        #expect(graph.decorators.all.map(\.name) == ["schedule", "trigger", "trigger_on_finish", "mine"])
    }

    @Test(arguments: [
        ("project", [:], "has no name"), ("project", ["name": .string("")], "has no name"),
        ("project", ["name": .string("My-Project")], "name='My-Project'"), ("project", ["name": .integer(1)], "name=1"),
        ("project", ["name": .string("p"), "branch": .string("a.b")], "branch='a.b'"),
        ("project", ["name": .string(String(repeating: "a", count: 129))], "name="),
        ("project", ["name": .string("p"), "production": .integer(1)], "production=1"),
        ("exit_hook", [:], "names no function"), ("exit_hook", ["on_error": .integer(1)], "on_error=1"),
        ("exit_hook", ["on_success": .array([.object(["$python": .string("type"), "text": .string("a.B")])])], "on_success="),
        ("schedule", ["daily": .string("x")], "daily='x'"), ("schedule", ["cron": .integer(1)], "cron=1"),
        ("trigger", [:], "names no event"), ("trigger", ["event": .string("a"), "events": .array([.string("b")])], "both"),
        ("trigger", ["events": .string("a")], "events='a'"), ("trigger", ["event": .object([:]), "events": .null], "no event"),
        ("trigger", ["events": .array([.string("a"), .object(["name": .string("a")])])], "'a' twice"),
        ("trigger", ["event": .object(["nam": .string("a")])], "names the event"),
        ("trigger_on_finish", ["flows": .array([.integer(1)])], "names the flow 1"),
    ] as [(String, [String: JSONValue], String)])
    func wrong(name: String, attributes: [String: JSONValue], part: String) {
        let found = FlowGraph.findings(in: flow(name, attributes))
        #expect(found.map(\.label) == ["decorator -"])
        #expect(found.first?.line == 5)
        #expect(found.first?.message.contains(part) == true, "\(found)")
    }

    @Test func onlyHooksMayBeRepeated() {
        let project = DecoratorDescription(name: "project", attributes: ["name": .string("p")])
        #expect(FlowGraph.findings(in: flow([project, project])).map(\.label) == ["decorator -"])
    }

    // MARK: The place of a run in its project

    @Test(arguments: [
        (nil, nil, ProjectOptions(), "user.ada", true, false),
        ("b", nil, ProjectOptions(), "test.b", false, false),
        (nil, nil, ProjectOptions(branch: "c"), "test.c", false, false),
        (nil, nil, ProjectOptions(production: true), "prod", false, true),
        ("b", true, ProjectOptions(branch: "b", production: true), "prod.b", false, true),
        (nil, true, ProjectOptions(branch: "c"), "prod.c", false, true),
        (nil, false, ProjectOptions(), "user.ada", true, false),
    ] as [(String?, Bool?, ProjectOptions, String, Bool, Bool)])
    func identities(
        own: String?, production: Bool?, options: ProjectOptions, branch: String, isUser: Bool, isProduction: Bool
    ) throws {
        let identity = try ProjectIdentity(
            settings: ProjectSettings(name: "p", branch: own, production: production), options: options, username: "ada",
            flow: "F")
        #expect(identity.branch == branch)
        #expect(identity.flow == "p.\(branch).F")
        #expect(identity.tags == ["project:p", "project_branch:\(branch)"])
        #expect(identity.isUserBranch == isUser)
        #expect(identity.isProduction == isProduction)
    }

    @Test(arguments: [
        (ProjectSettings(name: "p", branch: "a", line: 5), ProjectOptions(branch: "b"), "--branch is 'b'"),
        (ProjectSettings(name: "p", production: false, line: 5), ProjectOptions(production: true), "--production"),
        (ProjectSettings(name: "p", line: 5), ProjectOptions(branch: "A"), "--branch is 'A'"),
    ])
    func conflicts(settings: ProjectSettings, options: ProjectOptions, part: String) {
        let error = #expect(throws: ProjectError.self) {
            try ProjectIdentity(settings: settings, options: options, username: "ada", flow: "F")
        }
        #expect(error?.diagnostic.headline.contains(part) == true)
        #expect(error?.diagnostic.failure.exitCode == 1)
    }
}
