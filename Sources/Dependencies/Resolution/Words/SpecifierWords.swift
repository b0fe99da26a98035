internal import PythonPackaging

extension SpecifierSet {
    /// The clauses in the order in which people write them: lower bounds, upper bounds, exceptions.
    var inReadingOrder: String {
        specifiers.enumerated()
            .sorted { left, right in
                let places = (Self.place(left.element), Self.place(right.element))
                return places.0 != places.1 ? places.0 < places.1 : left.offset < right.offset
            }
            .map { $0.element.operator.rawValue + $0.element.text }.joined(separator: ",")
    }

    private static func place(_ specifier: Specifier) -> Int {
        switch specifier.operator {
        case .equal, .identical, .compatible: 0
        case .atLeast, .above: 1
        case .atMost, .below: 2
        case .notEqual: 3
        }
    }
}
