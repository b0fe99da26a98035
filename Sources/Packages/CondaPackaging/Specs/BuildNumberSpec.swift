/// Which build numbers are asked for: `3`, `>=2`.
public struct BuildNumberSpec: Sendable, Hashable {
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case below = "<"
        case above = ">"
    }

    public let `operator`: Operator
    public let number: UInt64

    public init(_ operator: Operator, _ number: UInt64) {
        self.operator = `operator`
        self.number = number
    }

    public func contains(_ number: UInt64) -> Bool {
        switch `operator` {
        case .equal: number == self.number
        case .notEqual: number != self.number
        case .atMost: number <= self.number
        case .atLeast: number >= self.number
        case .below: number < self.number
        case .above: number > self.number
        }
    }
}

extension BuildNumberSpec: CodedAsText {
    /// Reads a number, perhaps with one of `== != <= >= < >` before it; anything else is `nil`.
    public init?(parsing text: some StringProtocol) {
        let known: [Operator] = [.equal, .notEqual, .atMost, .atLeast, .below, .above]
        let found = known.first { text.utf8.starts(with: $0.rawValue.utf8) }
        let digits = text.utf8.dropFirst(found?.rawValue.utf8.count ?? 0)
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit), let number = UInt64(String(decoding: digits, as: UTF8.self)) else {
            return nil
        }
        self.init(found ?? .equal, number)
    }

    public init(decoding text: String) throws {
        guard let spec = BuildNumberSpec(parsing: text) else { throw BuildNumberSpecError(text: text) }
        self = spec
    }

    public var description: String { "\(`operator`.rawValue)\(number)" }
}

/// Text that asks for no build number.
public struct BuildNumberSpecError: Error, Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public var description: String { "\(text.quoted) is not a build number, or one of ==, !=, <=, >=, < and > and a number" }
}
