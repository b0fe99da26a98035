/// A `self.next` as it stands in the source.
package struct TransitionDescription: Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case linear, split, foreach, parallel, `switch`
        /// None of the known forms; `text` says what stands there.
        case unrecognised
    }

    package var kind: Kind
    package var targets: [StepName]
    /// The attribute that a foreach iterates over.
    package var variable: String?
    /// The attribute that a switch looks at.
    package var condition: String?
    /// The cases of a switch, as the worker wrote them.
    package var cases: JSONValue?
    package var line: Int
    /// The call as it stands in the source.
    package var text: String

    package init(
        kind: Kind, targets: [StepName], variable: String? = nil, condition: String? = nil, cases: JSONValue? = nil,
        line: Int, text: String = ""
    ) {
        self.kind = kind
        self.targets = targets
        self.variable = variable
        self.condition = condition
        self.cases = cases
        self.line = line
        self.text = text
    }

    private enum CodingKeys: String, CodingKey {
        case kind, targets, variable, condition, cases, line, text
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            kind: try members.decode(Kind.self, forKey: .kind),
            targets: try members.decodeIfPresent([StepName].self, forKey: .targets) ?? [],
            variable: try members.decodeIfPresent(String.self, forKey: .variable),
            condition: try members.decodeIfPresent(String.self, forKey: .condition),
            cases: try members.decodeIfPresent(JSONValue.self, forKey: .cases),
            line: try members.decode(Int.self, forKey: .line),
            text: try members.decodeIfPresent(String.self, forKey: .text) ?? "")
    }
}
