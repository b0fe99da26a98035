extension Marker {
    /// A marker that is true where this one is false; `nil` where `~=` or `===` stand in it, which have no contrary.
    public var negated: Marker? { expression.negated.map { Marker($0) } }
}

extension MarkerExpression {
    fileprivate var negated: MarkerExpression? {
        switch self {
        case .comparison(let comparison): return comparison.negated.map { .comparison($0) }
        case .group(let inner): return inner.negated?.asGroup
        case .all(let parts):
            let negated = parts.compactMap(\.negated)
            return negated.count == parts.count ? .any(negated) : nil
        case .any(let parts):
            let negated = parts.compactMap { $0.negated?.asGroup }
            return negated.count == parts.count ? .all(negated) : nil
        }
    }
}

extension MarkerComparison {
    fileprivate var negated: MarkerComparison? {
        let contrary: Operator? =
            switch `operator` {
            case .contained: .notContained
            case .notContained: .contained
            case .equal: .notEqual
            case .notEqual: .equal
            case .atMost: .above
            case .above: .atMost
            case .atLeast: .below
            case .below: .atLeast
            case .compatible, .identical: nil
            }
        return contrary.map { MarkerComparison(left, $0, right) }
    }
}
