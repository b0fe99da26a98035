import Diagnostics
import FlowModel
import TestSupport
import Testing

@Suite struct FlowGraphTests {
    private func graph(_ sketch: String) throws -> FlowGraph {
        try FlowGraph(validating: FlowDescription(sketch: sketch))
    }

    /// Order, kinds, open splits and joins of a flow with everything in it.
    @Test func nodesKnowTheirPlace() throws {
        let graph = try graph(
            """
            end; j& -> end; b =items=> c; c -> d; d -> k; k& -> j
            a -> j; start -> a b
            """)
        #expect(graph.nodes.map(\.name) == ["start", "a", "b", "c", "d", "k", "j", "end"])
        #expect(graph.nodes.map(\.index) == Array(0..<8))
        #expect(
            graph.nodes.map(\.kindName)
                == ["split", "linear", "foreach", "linear", "linear", "join", "join", "end"])
        #expect((graph.entry, graph.terminal) == ("start", "end"))
        #expect(graph["start"]?.join == "j")
        #expect(graph["b"]?.join == "k")
        #expect(graph["k"]?.joins == "b")
        #expect(graph["j"]?.joins == "start")
        #expect(graph["j"]?.inputs == ["a", "k"])
        #expect(graph["start"]?.inputs == [])
        #expect(graph["b"]?.transition == .foreach("c", variable: "items"))
        #expect(graph["d"]?.openSplits.map(\.step) == ["start", "b"])
        #expect(graph["d"]?.openSplits.map(\.branch) == [1, 0])
        #expect(graph["k"]?.openSplits.map(\.step) == ["start"])
        #expect(graph.nodes.filter(\.isInsideForeach).map(\.name) == ["c", "d"])
        #expect(graph["nothing"] == nil)
    }

    @Test(arguments: ["start", "^only", "$only", "main"])
    func oneStepIsBothEnds(sketch: String) throws {
        let graph = try graph(sketch)
        #expect(graph.entry == graph.terminal)
        #expect(graph.nodes.map(\.kindName) == ["end"])
        #expect(graph.nodes[0].transition == nil)
    }

    @Test func annotatedEnds() throws {
        let graph = try graph("^first -> middle; middle -> last; $last")
        #expect((graph.entry, graph.terminal) == ("first", "last"))
    }

    /// Ways multiply at each split; the rules may not.
    @Test func deepAndWideFlowsAreChecked() throws {
        var sketch = "start -> s0"
        for level in 0..<200 {
            sketch += ";s\(level) -> a\(level) b\(level);a\(level) -> j\(level);b\(level) -> j\(level)"
            sketch += ";j\(level)& -> \(level == 199 ? "end" : "s\(level + 1)")"
        }
        #expect(try graph(sketch + ";end").nodes.count == 802)
        let chain = (0..<20_000).map { "x\($0) -> x\($0 + 1)" }.joined(separator: ";")
        #expect(try graph("start -> x0;" + chain + ";x20000 -> end;end").nodes.count == 20_003)
    }

    @Test func severalFindingsAreOneDiagnostic() {
        let description = FlowDescription(sketch: "start -> gone; lost; end")
        let errors = #expect(throws: FlowErrors.self) { try FlowGraph(validating: description) }
        #expect(errors?.findings.count == 2)
        let diagnostic = errors?.diagnostic
        #expect(diagnostic?.headline == "flow SketchFlow has 2 problems")
        #expect(diagnostic?.failure.exitCode == 1)
        #expect(diagnostic?.details.first == "flow.py:20: step 'lost' does not end with self.next")
    }

    @Test func oneFindingIsItsOwnDiagnostic() {
        let description = FlowDescription(sketch: "start -> gone; end")
        let errors = #expect(throws: FlowErrors.self) { try FlowGraph(validating: description) }
        let diagnostic = errors?.diagnostic
        #expect(diagnostic?.headline == "step 'start' goes to 'gone', which is not a step")
        #expect(diagnostic?.file == "flow.py")
        #expect(diagnostic?.line == 15)
    }

    @Test func showsSteps() throws {
        var description = FlowDescription(sketch: "start -> a b; a -> j; b -> j; j& -> end; end")
        description.doc = "Trains.\n\n    Twice.\n      In a row.\n    "
        description.steps[0].doc = "\n    Begins here.\n    "
        description.steps[1].decorators = [
            DecoratorDescription(name: "retry", attributes: ["times": .integer(2)], line: 1)
        ]
        let graph = try FlowGraph(validating: description, adding: [try DecoratorSpec(parsing: "resources:cpu=2")])
        #expect(Array(graph.showLines.prefix(12)) == [
            "Trains.", "", "Twice.", "  In a row.", "",
            "@resources(cpu=2)", "Step start", "    Begins here.", "    => a, b", "",
            "@retry(times=2)", "@resources(cpu=2)",
        ])
        #expect(graph.nodes.last?.showLines == ["@resources(cpu=2)", "Step end", "    ?"])
    }
}
