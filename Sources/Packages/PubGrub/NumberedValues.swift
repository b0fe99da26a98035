/// Gives equal values the same number, in the order in which they are met.
struct NumberedValues<Value: Hashable & Sendable>: Sendable {
    private(set) var values: [Value] = []
    private var numbers: [Value: Int] = [:]

    subscript(number: Int) -> Value { values[number] }

    func existingNumber(of value: Value) -> Int? { numbers[value] }

    mutating func number(of value: Value) -> Int {
        if let known = numbers[value] { return known }
        numbers[value] = values.count
        values.append(value)
        return values.count - 1
    }
}
