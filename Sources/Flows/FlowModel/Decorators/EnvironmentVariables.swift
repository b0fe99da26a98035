/// What a step's process finds in its environment before Python starts: `@environment(vars={…})`.
package struct EnvironmentVariables: Hashable, Sendable {
    package let values: [String: String]

    package init(_ values: [String: String] = [:]) { self.values = values }

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        guard let vars = site["vars"] else {
            self.init()
            return
        }
        guard case .object(let members) = vars else {
            findings.append(site.finding("has vars=\(vars)", help: "use a dictionary of names and texts"))
            self.init()
            return
        }
        var values: [String: String] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            if name.isEmpty || name.contains("=") || name.contains("\0") {
                findings.append(
                    site.finding("names the variable '\(name)'", help: "a variable's name is not empty and has no '='"))
            } else if let text = value.variableText, !text.contains("\0") {
                values[name] = text
            } else {
                findings.append(
                    site.finding("gives \(value) to the variable '\(name)'", help: "use a text: '\(name)': '...'"))
            }
        }
        self.init(values)
    }
}

extension JSONValue {
    /// The text of a text or a number.
    fileprivate var variableText: String? {
        switch self {
        case .string(let text): text
        case .integer, .number, .bool: description
        case .null, .array, .object: nil
        }
    }
}
