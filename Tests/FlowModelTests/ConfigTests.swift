import Diagnostics
import FlowModel
import FoundationEssentials
import Testing

@Suite struct ConfigTests {
    private typealias Pairs = [(name: String, value: String)]
    private let configs = [ConfigDescription(name: "model"), ConfigDescription(name: "data", required: true)]

    private func given(
        files: Pairs = [], values: Pairs = [], _ environment: [String: String] = [:]
    ) throws -> [String: GivenConfig] {
        try ConfigOptions(files: files, values: values, environment: environment, of: configs).given
    }

    @Test func theCommandLineComesFirst() throws {
        let environment = [
            "METAFLOW_FLOW_CONFIG": #"{"model": "theirs.json"}"#, "PENSTOCK_FLOW_CONFIG": #"{"model": "ours.json"}"#,
            "METAFLOW_FLOW_CONFIG_VALUE": #"{"data": {"b": [1, "/"], "a": null}}"#,
        ]
        #expect(try given(environment) == ["model": .file("ours.json"), "data": .text(#"{"a":null,"b":[1,"/"]}"#)])
        #expect(try given(files: [("model", "a"), ("model", "b")], environment)["model"] == .file("b"))
        #expect(try given(values: [("data", "raw")], environment)["data"] == .text("raw"))
        #expect(try given([:]) == [:])
        // A text stands for itself; null for nothing.
        #expect(try given(["METAFLOW_FLOW_CONFIG_VALUE": #"{"data": "{}", "model": null}"#]) == ["data": .text("{}")])
        #expect(try given(["METAFLOW_FLOW_CONFIG": ""]) == [:])
    }

    private func given(_ environment: [String: String]) throws -> [String: GivenConfig] {
        try given(files: [], values: [], environment)
    }

    @Test(arguments: [
        ([("model", "f")], [("model", "{}")], [:], "config 'model' is given both a file and a value"),
        ([("model", "f")], [], ["METAFLOW_FLOW_CONFIG_VALUE": #"{"model": {}}"#], "config 'model' is given both"),
        ([("modle", "f")], [], [:], "--config: the flow has no config 'modle'"),
        ([], [("x", "f")], [:], "--config-value: the flow has no config 'x'"),
        ([], [], ["METAFLOW_FLOW_CONFIG": #"{"x": "f"}"#], "METAFLOW_FLOW_CONFIG: the flow has no config 'x'"),
        ([], [], ["METAFLOW_FLOW_CONFIG": "model f"], "METAFLOW_FLOW_CONFIG is not a JSON object"),
        ([], [], ["PENSTOCK_FLOW_CONFIG_VALUE": "[1]"], "PENSTOCK_FLOW_CONFIG_VALUE is not a JSON object"),
        ([], [], ["METAFLOW_FLOW_CONFIG": #"{"model": {}}"#], "the path for config 'model' is no text"),
    ] as [([(String, String)], [(String, String)], [String: String], String)])
    func problems(files: [(String, String)], values: [(String, String)], environment: [String: String], part: String) {
        let error = #expect(throws: ConfigErrors.self) {
            try given(files: files.map { ($0.0, $0.1) }, values: values.map { ($0.0, $0.1) }, environment)
        }
        #expect(error?.problems.count == 1)
        #expect(error?.diagnostic.headline.contains(part) == true, "\(String(describing: error))")
        #expect(error?.diagnostic.failure.exitCode == 2)
        #expect(error?.diagnostic.help?.isEmpty == false)
    }

    @Test func flowsWithoutConfigsDoNotMind() throws {
        let environment = ["METAFLOW_FLOW_CONFIG": #"{"model": "f"}"#]
        #expect(try ConfigOptions(files: [], values: [], environment: environment, of: []).given == [:])
    }

    @Test func descriptions() throws {
        let text = #"""
            {"name": "F", "file": "f.py", "steps": [],
             "configs": [
              {"name": "a", "attribute": "b", "default": "c.json", "default_value": null, "default_is_function": false,
               "default_value_is_function": false, "has_default": true, "has_default_value": false, "parser": "yaml.load",
               "plain": true, "required": false, "help": "h", "show_default": false, "line": 3},
              {"name": "d", "default_value": {"x": 1}}, {"name": "e", "default_is_function": true}],
             "options": [{"name": "foobar", "flag": true, "multiple": false, "default": false, "help": "h"}],
             "parameters": [{"name": "file", "type": "file", "is_file": true, "is_text": false, "encoding": null}],
             "decorators": [{"name": "mine", "plugin": true, "retries": [2, 1]}]}
            """#
        let read = try JSONDecoder().decode(FlowDescription.self, from: Data(text.utf8))
        #expect(
            read.configs == [
                ConfigDescription(
                    name: "a", attribute: "b", defaultPath: "c.json", parser: "yaml.load", plain: true, help: "h",
                    showDefault: false, line: 3),
                ConfigDescription(name: "d", defaultValue: .object(["x": .integer(1)])),
                ConfigDescription(name: "e", defaultIsFunction: true),
            ])
        #expect(read.configs.map(\.hasDefault) == [true, false, true])
        #expect(read.configs.map(\.hasDefaultValue) == [false, true, false])
        #expect(read.options == [FlowOptionDescription(name: "foobar", isFlag: true, defaultValue: .bool(false), help: "h")])
        #expect(read.options[0].variableNames == ["PENSTOCK_FOOBAR", "METAFLOW_FOOBAR", "METAFLOW_FLOW_FOOBAR"])
        #expect(read.parameters == [ParameterDescription(name: "file", type: .file, isText: false)])
        #expect(
            read.decorators == [
                DecoratorDescription(name: "mine", isPlugin: true, retries: PluginRetries(user: 2, error: 1))
            ])
        #expect(try JSONDecoder().decode(FlowDescription.self, from: JSONEncoder().encode(read)) == read)
    }
}
