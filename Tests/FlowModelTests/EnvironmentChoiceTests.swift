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

        init(_ step: [String], _ flow: [String] = [], _ isolation: StepIsolation = .asDecorated, _ result: String) {
            (self.step, self.flow, self.isolation, self.result) = (step, flow, isolation, result)
        }
    }

    static let rows: [Row] = [
        Row([], "launching"), Row([], [], .never, "launching"), Row([], [], .always, "packages"), Row([], [], .project, "project"),
        Row(["pypi a"], "packages a"), Row(["pypi a"], ["pypi_base b"], "packages a b"), Row([], ["pypi_base b"], "packages b"),
        Row(["pypi"], "packages"), Row(["pypi off"], "launching"), Row(["pypi off"], [], .always, "launching"),
        Row(["pypi off"], [], .project, "launching"), Row(["pypi off"], ["pypi_base b"], "launching"),
        Row(["pypi on"], ["pypi_base b off"], "packages b"), Row(["pypi"], ["pypi_base b off"], "launching"),
        Row([], ["pypi_base b off"], .always, "launching"),
        Row(["uv a"], "project a"), Row(["uv a"], ["uv_base b"], "project a b"), Row([], ["uv_base b"], "project b"),
        Row(["uv off"], "launching"), Row(["uv off"], [], .project, "launching"), Row(["uv on"], ["uv_base off"], "project"),
        Row(["uv a"], [], .always, "project a"), Row(["uv a"], [], .project, "project a"),
        // The step's own word counts before the flow's.
        Row(["uv a"], ["pypi_base b"], "project a"), Row(["pypi a"], ["uv_base b"], "packages a"),
        Row(["uv a"], ["pypi_base off"], "project a"), Row([], ["pypi_base b", "uv_base off"], "packages b"),
        Row([], ["pypi_base off", "uv_base b"], "project b"),
        // What cannot be meant.
        Row(["uv a", "pypi b"], "error"), Row([], ["uv_base a", "pypi_base b"], "error"),
        Row(["pypi a"], [], .project, "error"), Row([], ["pypi_base a"], .project, "error"),
        Row(["pypi python"], [], .project, "error"), Row(["pypi"], [], .project, "project"),
        Row(["uv off", "pypi b"], "launching"), Row(["uv a", "pypi off"], "launching"),
        Row(["conda off"], [], .project, "launching"), Row(["conda off", "uv a"], "launching"),
        Row(["conda off", "pypi a"], [], .always, "launching"), Row(["conda off"], ["pypi_base b"], "launching"),
        Row([], ["conda_base off", "pypi_base b"], "launching"), Row(["conda on"], ["conda_base off", "pypi_base b"], "error"),
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
                if name.hasPrefix("uv") {
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
        case .packages(let asked)?: return (["packages"] + asked.packages.map(\.key)).joined(separator: " ")
        case .project(let asked)?: return (["project"] + asked.extras.sorted()).joined(separator: " ")
        case nil: return "launching"
        }
    }
}
