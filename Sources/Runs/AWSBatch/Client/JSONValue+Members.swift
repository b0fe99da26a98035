import FlowModel
import FoundationEssentials

/// What stands in an answer: whatever has another type than was hoped for is as good as nothing.
extension JSONValue {
    /// `nil` for bytes that are no JSON.
    init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    subscript(member: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members[member], value != .null else { return nil }
        return value
    }

    /// A text that is not empty.
    var text: String? {
        if case .string(let text) = self, !text.isEmpty { text } else { nil }
    }

    var items: [JSONValue] {
        if case .array(let values) = self { values } else { [] }
    }

    var whole: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    var isTrue: Bool { self == .bool(true) }

    /// Whether everything that stands here also stands there; there may be more in objects.
    func isPart(of other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let own), .object(let theirs)): own.allSatisfy { name, value in theirs[name].map(value.isPart) ?? false }
        case (.array(let own), .array(let theirs)):
            own.count == theirs.count && zip(own, theirs).allSatisfy { $0.isPart(of: $1) }
        default: self == other
        }
    }
}
