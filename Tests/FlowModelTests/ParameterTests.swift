import Diagnostics
import FlowModel
import FoundationEssentials
import TestSupport
import Testing

@Suite struct ParameterTests {
    private let parameters = [
        ParameterDescription(name: "alpha", type: .float, defaultValue: .number(0.5)),
        ParameterDescription(name: "my-name", attribute: "my_name", type: .str),
        ParameterDescription(name: "tags_", type: .str, multiple: true),
        ParameterDescription(name: "count", type: .int, required: true),
    ]

    private func values(_ arguments: [String], _ environment: [String: String] = [:]) throws -> [String: GivenParameter] {
        try ParameterValues(parsing: arguments, environment: environment, of: parameters).given
    }

    @Test func takesBothSpellings() throws {
        let given = try values(["--alpha", "-1", "--count=3", "--my-name=a=b", "--tags_", "x", "--tags_=--y"])
        #expect(
            given == [
                "alpha": .text("-1"), "count": .text("3"), "my-name": .text("a=b"), "tags_": .texts(["x", "--y"]),
            ])
        let coded = try JSONDecoder().decode([String: GivenParameter].self, from: JSONEncoder().encode(given))
        #expect(coded == given)
    }

    @Test func lastOneWins() throws {
        #expect(try values(["--count", "1", "--count", "2"]) == ["count": .text("2")])
    }

    @Test func environmentComesSecond() throws {
        let environment = [
            "METAFLOW_RUN_COUNT": "7", "METAFLOW_RUN_MY_NAME": "theirs", "PENSTOCK_RUN_MY_NAME": "ours",
            "METAFLOW_RUN_ALPHA": "no number",
        ]
        let given = try values(["--alpha", "2"], environment)
        #expect(given == ["alpha": .text("2"), "count": .text("7"), "my-name": .text("ours")])
    }

    @Test(arguments: [
        ([], ["missing option '--count'"]),
        (["--count", "x"], ["option '--count': 'x' is not a whole number"]),
        (["--count", "1", "--alpha"], ["option '--alpha' needs a value"]),
        (["--count", "1", "stray"], ["unexpected argument 'stray'"]),
        (["--cuont", "1"], ["there is no option '--cuont'", "missing option '--count'"]),
        (["--count", "1.5", "--alpha", "a"],
            ["option '--count': '1.5' is not a whole number", "option '--alpha': 'a' is not a number"]),
    ])
    func problemsAreUsageErrors(arguments: [String], messages: [String]) {
        let errors = #expect(throws: ParameterErrors.self) { try values(arguments) }
        #expect(errors?.problems.map(\.message) == messages)
        #expect(errors?.diagnostic.failure.exitCode == 2)
    }

    @Test(arguments: [
        (.int, ["1", "-12", "+3", "1_000", " 7 ", "99999999999999999999999"], ["", "1.0", "_1", "1__2", "0x1", "- 1", "١"]),
        (.float, ["1", "1.", ".5", "-1e-3", "1_0.5", "inf", "-Infinity", "nan", "2E5"], ["", ".", "1e", "e5", "1.2.3", "1.-2", "0x1p3"]),
        (.bool, ["True", "false", "1", "0", "Yes", "off", " t "], ["", "2", "maybe"]),
        (.json, ["{}", "[1, null]", "3", "\"x\"", "NaN", "true"], ["", "{", "{'a': 1}", "nope"]),
        (.str, ["", "anything"], []), (.custom, ["", "anything"], []),
    ] as [(ParameterDescription.ValueType, [String], [String])])
    func texts(type: ParameterDescription.ValueType, good: [String], bad: [String]) {
        for text in good { #expect(type.accepts(text), "\(type) \(text)") }
        for text in bad { #expect(!type.accepts(text), "\(type) \(text)") }
    }

    @Test(arguments: [
        ([ParameterDescription(name: "tag", line: 4)], ["parameter 'tag' has the name of an option of run"]),
        ([ParameterDescription(name: "run_id", line: 4)], ["parameter 'run_id' has the name of an option of run"]),
        ([ParameterDescription(name: "a", line: 3), ParameterDescription(name: "A", line: 4)],
            ["parameters 'a' and 'A' have the same name"]),
        ([ParameterDescription(name: "a", type: .int, separator: ",", line: 4)],
            ["parameter 'a' has a separator but is not text"]),
        ([ParameterDescription(name: "a", separator: ",", line: 4), ParameterDescription(name: "b")], []),
    ] as [([ParameterDescription], [String])])
    func declarations(parameters: [ParameterDescription], messages: [String]) {
        let flow = FlowDescription(sketch: "start", parameters: parameters)
        #expect(flow.parameterFindings.map(\.message) == messages)
        #expect(flow.parameterFindings.allSatisfy { $0.line == 4 && $0.file == "flow.py" })
        #expect(FlowGraph.findings(in: flow).isEmpty)
        if !messages.isEmpty { #expect(throws: FlowErrors.self) { try flow.checkParameters() } }
    }

    @Test func helpLines() {
        let rate = ParameterDescription(name: "rate", type: .float, defaultValue: .number(0.5), help: "How fast.")
        #expect(rate.helpLine == "  --rate FLOAT              How fast. [default: 0.5]")
        #expect(ParameterDescription(name: "x", required: true).helpLine == "  --x TEXT                  [required]")
        #expect(ParameterDescription(name: "y").helpLine == "  --y TEXT")
    }
}
