/// Which try at a task it is, counted from 0.
package struct AttemptNumber: Hashable, Comparable, Sendable, Codable, CustomStringConvertible,
    ExpressibleByIntegerLiteral
{
    package let value: Int

    package init(_ value: Int) { self.value = value }
    package init(integerLiteral value: Int) { self.init(value) }

    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Int.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    package var next: AttemptNumber { AttemptNumber(value + 1) }
    package var description: String { String(value) }
    package static func < (left: AttemptNumber, right: AttemptNumber) -> Bool { left.value < right.value }
}
