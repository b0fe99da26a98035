import FlowModel

/// Objects of the API are written as JSON; what is absent is left out.
extension JSONValue {
    static func members(_ members: [String: JSONValue?]) -> JSONValue { .object(members.compactMapValues { $0 }) }

    static func texts(_ texts: [String: String]) -> JSONValue { .object(texts.mapValues { .string($0) }) }

    static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    /// Nothing for an empty list.
    static func list(_ values: [JSONValue]) -> JSONValue? { values.isEmpty ? nil : .array(values) }

    /// A variable of a container, which gets the value as it is: `$(NAME)` would be replaced and `$$` be shortened otherwise.
    static func variable(_ name: String, _ value: String) -> JSONValue {
        .members(["name": .string(name), "value": .string(escaped(value))])
    }

    /// A variable whose value is a field of the pod.
    static func variable(_ name: String, field: String) -> JSONValue {
        .members(["name": .string(name), "valueFrom": .members(["fieldRef": .members(["fieldPath": .string(field)])])])
    }

    /// So that what Kubernetes expands is the text again.
    static func escaped(_ text: String) -> String {
        text.contains("$") ? text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$") : text
    }
}
