import FlowModel
import TestSupport
import Testing

/// Which decorator of a step and its flow says where the packages come from.
@Suite struct EnvironmentChoiceTests {
    /// What step `start` has, and what is above the class.
    struct Row: CustomTestStringConvertible, Sendable {
        var step: [String]
        var flow: [String]
        var isolation = StepIsolation.asDecorated
        var result: String

        var testDescription: String { "\(step) \(flow) \(isolation): \(result)" }

        init(_ step: [String], _ flow: [String] = [], _ isolation: StepIsolation = .asDecorated, gives result: String) {
            (self.step, self.flow, self.isolation, self.result) = (step, flow, isolation, result)
        }
    }

    static let rows: [Row] = [
        Row([], gives: "launching"), Row([], [], .never, gives: "launching"), Row([], [], .always, gives: "packages"), Row([], [], .project, gives: "project"),
        Row(["pypi a"], gives: "packages a"), Row(["pypi a"], ["pypi_base b"], gives: "packages a b"), Row([], ["pypi_base b"], gives: "packages b"),
        Row(["pypi"], gives: "packages"), Row(["pypi off"], gives: "launching"), Row(["pypi off"], [], .always, gives: "launching"),
        Row(["pypi off"], [], .project, gives: "launching"), Row(["pypi off"], ["pypi_base b"], gives: "launching"),
        Row(["pypi on"], ["pypi_base b off"], gives: "packages b"), Row(["pypi"], ["pypi_base b off"], gives: "launching"),
        Row([], ["pypi_base b off"], .always, gives: "launching"),
        Row(["uv a"], gives: "project a"), Row(["uv a"], ["uv_base b"], gives: "project a b"), Row([], ["uv_base b"], gives: "project b"),
        Row(["uv off"], gives: "launching"), Row(["uv off"], [], .project, gives: "launching"), Row(["uv on"], ["uv_base off"], gives: "project"),
        Row(["uv a"], [], .always, gives: "project a"), Row(["uv a"], [], .project, gives: "project a"),
        // The step's own word counts before the flow's.
        Row(["uv a"], ["pypi_base b"], gives: "project a"), Row(["pypi a"], ["uv_base b"], gives: "packages a"),
        Row(["uv a"], ["pypi_base off"], gives: "project a"), Row([], ["pypi_base b", "uv_base off"], gives: "packages b"),
        Row([], ["pypi_base off", "uv_base b"], gives: "project b"),
        // A name, of the step or of the flow.
        Row(["named_env ds"], gives: "named ds"), Row([], ["named_env_base ds"], gives: "named ds"), Row(["named_env a"], ["named_env_base b"], gives: "named a"),
        Row(["named_env ds"], [], .always, gives: "named ds"), Row(["named_env ds"], [], .project, gives: "named ds"),
        Row(["named_env ds"], ["pypi_base a"], gives: "named ds"), Row(["pypi a"], ["named_env_base ds"], gives: "packages a"),
        Row(["named_env off"], gives: "launching"), Row(["named_env off"], ["named_env_base ds"], gives: "launching"),
        Row(["named_env ds", "pypi off"], gives: "launching"), Row(["named_env ds", "conda off"], gives: "launching"),
        Row(["named_env ds", "pypi a"], gives: "error"), Row(["named_env ds", "uv a"], gives: "error"), Row(["named_env"], gives: "error"),
        // What cannot be meant.
        Row(["uv a", "pypi b"], gives: "error"), Row([], ["uv_base a", "pypi_base b"], gives: "error"),
        Row(["pypi a"], [], .project, gives: "error"), Row([], ["pypi_base a"], .project, gives: "error"),
        Row(["pypi python"], [], .project, gives: "error"), Row(["pypi"], [], .project, gives: "project"),
        Row(["uv off", "pypi b"], gives: "launching"), Row(["uv a", "pypi off"], gives: "launching"),
        Row(["conda off"], [], .project, gives: "launching"), Row(["conda off", "uv a"], gives: "launching"),
        Row(["conda off", "pypi a"], [], .always, gives: "launching"), Row(["conda off"], ["pypi_base b"], gives: "launching"),
        Row([], ["conda_base off", "pypi_base b"], gives: "launching"), Row(["conda on"], ["conda_base off", "pypi_base b"], gives: "packages b, conda"),
        Row(["conda off"], ["conda_base a"], gives: "launching"), Row([], ["conda_base a off"], .always, gives: "launching"),
        // Packages of conda, alone and beside those of the index.
        Row(["conda"], gives: "packages, conda"), Row(["conda a"], gives: "packages, conda a"), Row([], ["conda_base b"], gives: "packages, conda b"),
        Row(["conda a"], ["conda_base b"], gives: "packages, conda a b"), Row(["conda a"], ["pypi_base b"], gives: "packages b, conda a"),
        Row(["pypi a"], ["conda_base b"], gives: "packages a, conda b"), Row(["pypi a", "conda b"], gives: "packages a, conda b"),
        Row([], ["pypi_base a", "conda_base b"], .always, gives: "packages a, conda b"),
        Row([], ["pypi_base a off", "conda_base b"], gives: "packages, conda b"), Row(["conda b"], ["pypi_base a off"], gives: "packages, conda b"),
        Row(["pypi off"], ["conda_base b"], gives: "launching"), Row(["pypi off", "conda b"], gives: "launching"),
        Row(["conda a"], [], .never, gives: "packages, conda a"),
        Row(["conda a"], ["uv_base b"], gives: "packages, conda a"), Row(["uv a"], ["conda_base b"], gives: "project a"),
        Row([], ["conda_base b", "uv_base off"], gives: "packages, conda b"), Row([], ["conda_base off", "uv_base b"], gives: "launching"),
        Row(["conda a"], ["named_env_base ds"], gives: "packages, conda a"), Row(["named_env ds"], ["conda_base a"], gives: "named ds"),
        Row(["conda a", "uv b"], gives: "error"), Row(["conda a", "named_env ds"], gives: "error"), Row([], ["uv_base a", "conda_base b"], gives: "error"),
        Row(["conda a"], [], .project, gives: "error"), Row(["conda"], [], .project, gives: "error"), Row([], ["conda_base a"], .project, gives: "error"),
    ]

    @Test(arguments: rows) func choice(row: Row) throws {
        var description = FlowDescription(sketch: "start -> end; end", decorators: row.flow.map { Self.decorator($0) })
        description.steps[0].decorators = row.step.map { Self.decorator($0) }
        guard row.result != "error" else {
            #expect(throws: FlowErrors.self) { try FlowGraph(validating: description, isolation: row.isolation) }
            return
        }
        let read = try FlowGraph(validating: description, isolation: row.isolation)["start"]?.decorators
        #expect(Self.words(try #require(read)) == row.result)
    }

    /// `pypi a b off`: the packages, extras, and whether it is disabled.
    private static func decorator(_ text: String) -> DecoratorDescription {
        var words = text.split(separator: " ").map(String.init)
        let name = words.removeFirst()
        var attributes: [String: JSONValue] = [:]
        for word in words {
            switch word {
            case "off": attributes["disabled"] = .bool(true)
            case "on": attributes["disabled"] = .bool(false)
            case "python": attributes["python"] = .string("3.11")
            default:
                if name.hasPrefix("named") {
                    attributes["name"] = .string(word)
                } else if name.hasPrefix("uv") {
                    attributes["extras"] = .array([.string(word)])
                } else {
                    attributes["packages"] = .object([word: .string("1")])
                }
            }
        }
        return DecoratorDescription(name: name, attributes: attributes, line: 9)
    }

    private static func words(_ decorators: StepDecorators) -> String {
        guard decorators.isIsolated else { return "launching" }
        switch decorators.environment {
        case .packages(let asked)?:
            let conda = asked.conda.map { ([", conda"] + $0.packages.map(\.key)).joined(separator: " ") } ?? ""
            return (["packages"] + asked.packages.map(\.key)).joined(separator: " ") + conda
        case .project(let asked)?: return (["project"] + asked.extras.sorted()).joined(separator: " ")
        case .named(let asked)?: return "named \(asked.name)"
        case nil: return "launching"
        }
    }
}
