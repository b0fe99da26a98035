import FlowModel
import TestSupport
import Testing

/// The graph for other programs.
@Suite struct RenderingTests {
    private let everything = """
        start ?m=> a b c; a -> a1 a2; a1 -> aj; a2 -> aj; aj& -> m1; b =xs=> b1; b1 -> bj; bj& -> m1; c ?m=> c m1
        m1 =2=> par; @parallel par -> pj; pj& -> end; end
        """

    private func graph(_ sketch: String) throws -> FlowGraph {
        var description = FlowDescription(sketch: sketch)
        for index in description.steps.indices where description.steps[index].next?.kind == .switch {
            let targets = description.steps[index].next?.targets ?? []
            let cases = targets.enumerated().map { ("k\"\($0)", JSONValue.string($1.text)) }
            description.steps[index].next?.cases = .object(Dictionary(uniqueKeysWithValues: cases))
        }
        return try FlowGraph(validating: description, adding: [try DecoratorSpec(parsing: "retry:times=2")])
    }

    private func member(_ value: JSONValue, _ path: String...) -> JSONValue? {
        path.reduce(value) { if case .object(let members)? = $0 { members[$1] } else { nil } }
    }

    @Test func structure() throws {
        let structure = member(try graph(everything).data, "graph_structure")
        #expect(
            structure?.json
                == #"["start",[["a",[["a1"],["a2"]],"aj","m1","par","pj"],["b",[["b1"]],"bj","m1","par","pj"],["c",[["m1","par","pj"]]]],"end"]"#)
        #expect(member(try graph("only").data, "graph_structure")?.json == #"["only"]"#)
        #expect(member(try graph("start -> end; end").data, "graph_structure")?.json == #"["start","end"]"#)
    }

    @Test func steps() throws {
        let data = try graph(everything).data
        let types = ["start", "a", "a1", "aj", "b", "m1", "par", "end"].map { name in
            member(data, "graph", name, "type").map { "\($0)" } ?? ""
        }
        #expect(
            types == [
                "'split-switch'", "'split-static'", "'linear'", "'join'", "'split-foreach'", "'split-parallel'",
                "'linear'", "'end'",
            ])
        #expect(member(data, "graph", "a", "matching_join") == .string("aj"))
        #expect(member(data, "graph", "b", "foreach_artifact") == .string("xs"))
        #expect(member(data, "graph", "c", "next") == .array([.string("c"), .string("m1")]))
        #expect(member(data, "graph", "c", "switch_cases") == .object(["k\"0": .string("c"), "k\"1": .string("m1")]))
        #expect(member(data, "graph", "end", "line") == .integer(130))
        #expect(
            member(data, "graph", "par", "decorators")?.json
                == #"[{"attributes":{},"inserted_by":null,"name":"parallel","statically_defined":true},"#
                + #"{"attributes":{"times":2},"inserted_by":null,"name":"retry","statically_defined":false}]"#)
    }

    /// Ways multiply behind each switch; what is behind them is made once.
    @Test func manySwitchesAreMadeOnce() throws {
        var sketch = "start -> s0"
        for level in 0..<14 { sketch += ";s\(level) ?m=> a\(level) s\(level + 1);a\(level) -> s\(level + 1)" }
        let data = try graph(sketch + ";s14 -> end;end").data
        if case .array(let steps)? = member(data, "graph_structure") { #expect(steps.count == 4) } else { Issue.record() }
    }

    @Test func dot() throws {
        let text = try graph("start ?mode=> node b; node -> end; b -> end; end").dot
        #expect(
            text == """
                digraph "SketchFlow" {
                  node [fontname="Helvetica"];
                  "start" [label=<<b>start</b><br/><font point-size="10">switch: mode</font>>, shape=hexagon, style=filled, fillcolor="lightgreen"];
                  "node" [label=<<b>node</b><br/><font point-size="10">linear</font>>, shape=box];
                  "b" [label=<<b>b</b><br/><font point-size="10">linear</font>>, shape=box];
                  "end" [label=<<b>end</b><br/><font point-size="10">end</font>>, shape=box];
                  "start" -> "node" [label="k\\"0", color="blue", fontcolor="blue"];
                  "start" -> "b" [label="k\\"1", color="blue", fontcolor="blue"];
                  "node" -> "end";
                  "b" -> "end";
                }

                """)
    }

    @Test func details() throws {
        let lines = try graph("start =xs=> a; a ?m=> a b; b -> j; j& -> end; end").detailLines
        #expect(Array(lines[9..<20]) == [
            "[a split-switch (flow.py line 20)]", "    in_funcs=[start]", "    out_funcs=[a], [b]",
            "    split_parents=[start]", "    matching_join=None", "    is_inside_foreach=True",
            "    decorators=@retry(times=2)", "    num_args=1", "    condition=m", "    case k\"0: a", "    case k\"1: b",
        ])
    }

    @Test(arguments: [
        ("start -> a; a -> end; end", ["start", "linear", "end"]),
        ("start ?m=> a end; a -> end; end", ["split-switch", "linear", "end"]),
        ("start =2=> a; @parallel a -> j; j& -> end; end", ["foreach", "linear", "join", "end"]),
        ("start -> a; a ?m=> a end; end", ["start", "split-switch", "end"]),
    ])
    func kinds(sketch: String, kinds: [String]) throws {
        #expect(try graph(sketch).nodes.map(\.kindName) == kinds)
    }

    @Test func recursion() throws {
        let graph = try graph("start -> a; a ?m=> a end; end")
        #expect(graph.nodes.map(\.isRecursive) == [false, true, false])
        #expect(graph["a"]?.inputs == ["start"])
        #expect(
            graph["a"]?.transition
                == .switch(["a", "end"], condition: "m", cases: ["k\"0": "a", "k\"1": "end"]))
    }
}
