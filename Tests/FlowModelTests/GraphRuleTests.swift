import FlowModel
import TestSupport
import Testing

/// Each rule with flows that break it: what is found, for which step, in which line of the sketch.
@Suite struct GraphRuleTests {
    struct Row: CustomTestStringConvertible {
        let sketch: String
        /// `rule step:line`, or `rule -` for a finding about the flow.
        let findings: [String]
        init(_ sketch: String, _ findings: String...) {
            self.sketch = sketch
            self.findings = findings
        }
        var testDescription: String { sketch }
    }

    private func check(_ row: Row) {
        let found = FlowGraph.findings(in: FlowDescription(sketch: row.sketch))
        #expect(found.map(\.label) == row.findings, "\(found.map(\.message))")
        for finding in found {
            #expect(finding.file == "flow.py")
            if let step = finding.step { #expect(finding.message.contains("'\(step)'")) }
            #expect(!finding.message.hasSuffix("."))
            #expect(!finding.help.isEmpty)
        }
    }

    @Test(arguments: [
        Row("start -> end; end"),
        Row("start"),
        Row("only"),
        Row("^first -> last; $last"),
        Row("start -> a b; a -> j; b -> j; j& -> end; end"),
        Row("start -> a b; a -> c d; c -> k; d -> k; k& -> j; b -> j; j& -> end; end"),
        Row("start =x=> a; a =y=> b; b -> j; j& -> k; k& -> end; end"),
        Row("start -> a b; a =x=> c; c -> d; d -> k; k& -> j; b -> j; j& -> end; end"),
        Row("start -> a j; a -> j; j& -> end; end"),
    ])
    func soundFlows(row: Row) { check(row) }

    @Test(arguments: [
        Row("start -> next; next -> end; end", "1 next:20"),
        Row("start -> name; name -> input; input -> end; end", "1 name:20", "1 input:30"),
    ])
    func reservedNames(row: Row) { check(row) }

    @Test(arguments: [
        Row("start -> a; a -> end", "2 a:25"),
        Row("begin -> end; end", "2 begin:10"),
        Row("a -> b; b -> a", "2 a:10", "2 b:20", "11 b:25"),
        Row("^a -> b; ^b -> end; end", "2 b:20"),
        Row("start -> a; $a; $b", "2 b:30", "8 b:30"),
    ])
    func entryAndTerminal(row: Row) { check(row) }

    @Test func flowWithoutSteps() {
        #expect(FlowGraph.findings(in: FlowDescription(name: "F", file: "flow.py", steps: [])).map(\.label) == ["2 -"])
    }

    @Test(arguments: [
        Row("^first -> start; start -> end; end", "3 start:20"),
        Row("start -> end; end -> last; $last", "3 end:20"),
    ])
    func annotationConflicts(row: Row) { check(row) }

    @Test(arguments: [
        Row("start -> a; a -> start; end", "4 a:25", "12 end:30"),
        Row("start -> end; end -> start", "4 end:25"),
        Row("start -> start", "4 start:15"),
    ])
    func edgesAtTheEnds(row: Row) { check(row) }

    @Test(arguments: [
        Row("start -> a b; a -> end; b -> end; end&", "5 end:40"),
        Row("start -> end; end !27", "5 end:27"),
        Row("start -> end; end ->! self.next(x)", "5 end:25"),
    ])
    func terminalShape(row: Row) { check(row) }

    @Test(arguments: [
        Row("start -> Train; Train -> end; end", "6 Train:20"),
        Row("start -> _a; _a -> b-c; b-c -> end; end", "6 _a:20", "6 b-c:30"),
        Row("start -> größe; größe -> end; end", "6 größe:20"),
    ])
    func nameCharacters(row: Row) { check(row) }

    @Test(arguments: [
        Row("start -> a; a/3 -> end; end", "7 a:20"),
        Row("start -> a; a/0 -> end; end", "7 a:20"),
        Row("start -> a b; a -> j; b -> j; j& -> c d; c -> k; d -> k; k& -> end; end", "7 j:45"),
        Row("start -> a b; a -> j; b -> j; j& =x=> c; c -> k; k& -> end; end", "7 j:45"),
    ])
    func arguments(row: Row) { check(row) }

    @Test(arguments: [
        Row("start -> a; a; end", "8 a:20"),
        Row("start -> a; a !23; end", "8 a:23"),
        Row("start; a -> end; end", "8 start:10"),
    ])
    func missingNext(row: Row) { check(row) }

    @Test(arguments: [
        Row("start ->! self.next(*steps); end", "9 start:15"),
        Row("start -> a a; a -> end; end", "9 start:15"),
        Row("start => a; a -> j; j& -> end; end", "9 start:15"),
        Row("start =x=> a b; a -> j; b -> j; j& -> end; end", "9 start:15"),
    ])
    func unrecognisedNext(row: Row) { check(row) }

    @Test(arguments: [
        Row("start -> nowhere; end", "10 start:15"),
        Row("start -> a b; a -> j; j& -> end; end", "10 start:15"),
        Row("start -> en; end", "10 start:15"),
    ])
    func unknownTargets(row: Row) { check(row) }

    @Test(arguments: [("start -> tarin; train -> end; end", "'train'"), ("start -> x; a -> end; end", "'a'")])
    func unknownTargetSuggests(sketch: String, name: String) {
        #expect(FlowGraph.findings(in: FlowDescription(sketch: sketch)).first?.help.contains(name) == true)
    }

    @Test(arguments: [
        Row("start -> a; a -> b; b -> a; end", "11 b:35"),
        Row("start -> a; a -> a; end", "11 a:25"),
        Row("start -> a b; a -> b; b -> a; end", "11 b:35"),
    ])
    func cycles(row: Row) { check(row) }

    @Test func cycleIsPrinted() {
        let found = FlowGraph.findings(in: FlowDescription(sketch: "start -> a; a -> b; b -> c; c -> a; end"))
        #expect(found.first?.message.contains("a → b → c → a") == true)
    }

    @Test(arguments: [
        Row("start -> end; lost -> end; end", "12 lost:20"),
        Row("start -> end; a -> b; b -> end; end", "12 a:20", "12 b:30"),
    ])
    func unreachableSteps(row: Row) { check(row) }

    @Test(arguments: [
        // The last step inside of a split.
        Row("start -> a b; a -> end; b -> end; end", "13 start:15"),
        Row("start =x=> a; a -> end; end", "13 start:15"),
        Row("start -> a b; a =x=> c; c -> j; b -> j; j& -> end; end", "13 j:50"),
        // Branches that meet in a step that is no join.
        Row("start -> a b; a -> c; b -> c; c -> end; end", "13 c:40"),
        // A join without a split.
        Row("start -> j; j& -> end; end", "13 j:20"),
        Row("start& -> end; end", "13 start:10"),
        Row("start -> a b; a -> j; b -> j; j& -> k; k& -> end; end", "13 k:50"),
        // A join that forgets a branch.
        Row("start -> a b c; a -> j; b -> j; c -> end; j& -> end; end", "13 j:50"),
        Row("start -> a b; a -> j; b -> end; j& -> end; end", "13 j:40"),
        // Branches of different splits.
        Row("start -> a b; a -> c d; b -> j; c -> j; d -> j; j& -> end; end", "13 j:60"),
        Row("start -> a b; a -> c d; b -> e f; c -> j; d -> k; e -> j; f -> k; j& -> m; k& -> m; m& -> end; end",
            "13 j:80", "13 k:90"),
        Row("start =x=> a; a =y=> b; b -> j; j& -> end; end", "13 start:15"),
        Row("start -> a b; a =x=> c; b =y=> c; c -> j; j& -> k; k& -> end; end", "13 c:40"),
    ])
    func balance(row: Row) { check(row) }

    @Test(arguments: [
        Row("start ?mode=> a; a -> end; end", "14 start:15")
    ])
    func switchBranches(row: Row) { check(row) }

    @Test(arguments: [
        Row("start =x=> j; j& -> end; end", "15 start:15")
    ])
    func foreachIntoJoin(row: Row) { check(row) }

    @Test(arguments: [
        Row("start =2=> a; a -> j; j& -> end; end", "16 start:15"),
        Row("start =2=> a; @parallel a -> b; b -> j; j& -> end; end", "16 a:25"),
        Row("start -> a; @parallel a -> end; end", "16 a:25", "16 start:15"),
    ])
    func parallelShape(row: Row) { check(row) }

    @Test(arguments: [
        Row("start -> a b; a ?m=> c j; b -> j; c -> j; j& -> end; end", "17 a:25")
    ])
    func switchIntoJoin(row: Row) { check(row) }

    /// A switch's alternatives count once, wherever they meet again; it may go to itself.
    @Test(arguments: [
        Row("start ?m=> a b; a -> end; b -> end; end"),
        Row("start ?m=> a end; a -> end; end"),
        Row("start -> loop; loop ?m=> loop end; end"),
        Row("start -> a b; a ?m=> c d; c -> e; d -> e; e -> j; b -> j; j& -> end; end"),
        Row("start -> a b; a ?m=> c d; c -> j; d -> j; b -> j; j& -> end; end"),
        Row("start ?m=> a b; a =x=> c; c -> j; j& -> d; b -> d; d -> end; end"),
        Row("start =x=> a; a ?m=> b c; b =y=> d; d -> k; k& -> e; c -> e; e -> j; j& -> end; end"),
        Row("start =x=> a; a ?m=> a b; b -> j; j& -> end; end"),
        Row("start ?m=> a b; a ?n=> c d; c -> d; d -> e; b -> e; e -> end; end"),
        Row("start =2=> a; @parallel a -> j; j& -> end; end"),
        Row("start ?m=> p b; p =2=> a; @parallel a -> j; j& -> b; b -> end; end"),
        Row("start ?m=> a b; a =x=> c; b =y=> c; c -> j; j& -> end; end"),
    ])
    func soundSwitches(row: Row) { check(row) }

    @Test(arguments: [
        // An alternative leaves its foreach, or its branch, without a join.
        Row("start ?m=> a b; a =x=> c; c -> d; b -> d; d -> end; end", "13 d:50"),
        Row("start -> a b; a ?m=> c b; c -> j; b -> j; j& -> end; end", "13 b:40"),
        Row("start ?m=> a b; a -> j; b -> j; j& -> end; end", "13 j:40"),
        Row("start ?m=> start a; a -> end; end", "4 start:15"),
        Row("start -> a; a ?m=> a b; b ?m=> a end; end", "11 b:35"),
        Row("start =x=> a; a ?m=> b j; b -> j; j& -> end; end", "17 a:25"),
        Row("start =2=> a; @parallel a ?m=> j b; b -> j; j& -> end; end", "16 a:25", "17 a:25", "decorator a:19"),
        Row("start =2=> a; @parallel a -> j b; b -> j; j& -> k; k& -> end; end", "16 a:25"),
    ])
    func unsoundSwitches(row: Row) { check(row) }

    /// Several findings come together, in the order of the rules, and none that only follows from another.
    @Test(arguments: [
        Row("start -> index; index -> B; B; end; lost -> x", "1 index:20", "6 B:30", "8 B:30", "10 lost:55"),
        Row("start -> a; a -> end; c& -> end", "2 a:25"),
    ])
    func together(row: Row) { check(row) }
}

extension FlowFinding {
    /// `rule step:line`.
    var label: String {
        let rule =
            switch kind {
            case .graph(let number): "\(number.rawValue)"
            case .unsupported: "unsupported"
            case .decorator: "decorator"
            case .parameter: "parameter"
            case .warning: "warning"
            }
        return "\(rule) " + (step.map { "\($0):\(line.map { "\($0)" } ?? "")" } ?? "-")
    }
}
