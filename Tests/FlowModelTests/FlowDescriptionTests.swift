import FlowModel
import FoundationEssentials
import Testing

@Suite struct FlowDescriptionTests {
    private let whole = """
        {"name": "DigitsFlow", "file": "/home/ada/flow.py", "script": "flow.py", "doc": "Reads digits.",
         "steps": [{
            "name": "start", "doc": "Begins.", "file": "/home/ada/flow.py", "line": 12, "arguments": 1,
            "start": false, "end": false,
            "next": {"kind": "foreach", "targets": ["train"], "variable": "folds", "condition": null, "cases": null,
                     "line": 15, "text": "self.next(self.train, foreach='folds')"},
            "stray_next": [13],
            "decorators": [{"name": "retry", "attributes": {"times": 2, "minutes_between_retries": 0.5}, "line": 11},
                           {"name": "environment", "attributes": {"vars": {"A": "1", "B": [true, null]}}, "line": 10}]},
          {"name": "end", "doc": null, "file": "/home/ada/flow.py", "line": 20, "arguments": 1, "start": false,
           "end": true, "next": null, "stray_next": [], "decorators": [], "unheard_of": 1}],
         "parameters": [{
            "name": "alpha", "attribute": "a", "type": "float", "default": 0.5, "default_is_function": false,
            "required": false, "help": "rate", "separator": null, "multiple": false, "show_default": true, "line": 8}],
         "constants": ["seed"],
         "decorators": [{"name": "pypi_base", "attributes": {"python": "3.11"}, "line": 5}],
         "modules": ["/home/ada/helper.py"], "package_modules": ["thing"], "later": {}}
        """

    private let expected = FlowDescription(
        name: "DigitsFlow", file: "/home/ada/flow.py", script: "flow.py", doc: "Reads digits.",
        steps: [
            StepDescription(
                name: "start", doc: "Begins.", file: "/home/ada/flow.py", line: 12,
                next: TransitionDescription(
                    kind: .foreach, targets: ["train"], variable: "folds", line: 15,
                    text: "self.next(self.train, foreach='folds')"),
                strayNext: [13],
                decorators: [
                    DecoratorDescription(
                        name: "retry", attributes: ["times": .integer(2), "minutes_between_retries": .number(0.5)],
                        line: 11),
                    DecoratorDescription(
                        name: "environment",
                        attributes: ["vars": .object(["A": .string("1"), "B": .array([.bool(true), .null])])],
                        line: 10),
                ]),
            StepDescription(name: "end", file: "/home/ada/flow.py", line: 20, end: true),
        ],
        parameters: [
            ParameterDescription(
                name: "alpha", attribute: "a", type: .float, defaultValue: .number(0.5), help: "rate", line: 8)
        ],
        constants: ["seed"],
        decorators: [DecoratorDescription(name: "pypi_base", attributes: ["python": .string("3.11")], line: 5)],
        modules: ["/home/ada/helper.py"], packageModules: ["thing"])

    @Test func readsWhatAWorkerReports() throws {
        let read = try JSONDecoder().decode(FlowDescription.self, from: Data(whole.utf8))
        #expect(read == expected)
        #expect(try JSONDecoder().decode(FlowDescription.self, from: JSONEncoder().encode(read)) == read)
    }

    @Test func doesWithoutWhatHasADefault() throws {
        let text = #"{"name": "F", "file": "f.py", "steps": [{"name": "start", "file": "f.py", "line": 3, "arguments": 1}]}"#
        let read = try JSONDecoder().decode(FlowDescription.self, from: Data(text.utf8))
        #expect(
            read == FlowDescription(name: "F", file: "f.py", steps: [StepDescription(name: "start", file: "f.py", line: 3)]))
    }

    @Test(arguments: [
        #"{"file": "f.py", "steps": []}"#,
        #"{"name": 7, "file": "f.py", "steps": []}"#,
        #"{"name": "F", "file": "f.py", "steps": [{"name": "start"}]}"#,
        #"{"name": "F", "file": "f.py", "steps": [{"name": "a", "file": "f", "line": 1, "arguments": 1, "next": {"kind": "jump", "line": 2}}]}"#,
    ])
    func refusesOtherShapes(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(FlowDescription.self, from: Data(text.utf8)) }
    }

    @Test(arguments: [
        ("null", JSONValue.null, "None"), ("true", .bool(true), "True"), ("1", .integer(1), "1"),
        ("-0.5", .number(-0.5), "-0.5"), ("1e300", .number(1e300), "1e+300"),
        (#""it's""#, .string("it's"), "\"it's\""), (#""a\nb""#, .string("a\nb"), #"'a\nb'"#),
        (#"[1, "x"]"#, .array([.integer(1), .string("x")]), "[1, 'x']"),
        (#"{"b": false, "a": {}}"#, .object(["a": .object([:]), "b": .bool(false)]), "{'a': {}, 'b': False}"),
    ])
    func jsonValues(text: String, value: JSONValue, python: String) {
        #expect(JSONValue(parsing: text) == value)
        #expect(value.description == python)
    }
}
