extension Marker {
    /// What is left of a marker once part of what it asks for is known.
    public enum Reduced: Sendable, Hashable {
        case always
        case never
        case when(Marker)
    }

    /// The marker for a choice of extras and groups: what asks for those is answered, the rest stays.
    public func reduced(by selection: MarkerSelection) -> Reduced {
        let evaluator = MarkerEvaluator(environment: .unknown, selection: selection)
        return switch expression.reduced(by: evaluator) {
        case .truth(true): .always
        case .truth(false): .never
        case .open(let rest): .when(Marker(rest))
        }
    }
}

extension MarkerExpression {
    fileprivate enum Reduced {
        case truth(Bool)
        case open(MarkerExpression)
    }

    fileprivate func reduced(by evaluator: MarkerEvaluator) -> Reduced {
        switch self {
        case .comparison(let comparison):
            comparison.variables.contains(where: \.isAboutSelection)
                ? .truth(evaluator.truth(of: comparison) ?? false) : .open(self)
        case .all(let parts): Self.combined(parts.map { $0.reduced(by: evaluator) }, neutral: true) { .all($0) }
        case .any(let parts): Self.combined(parts.map { $0.reduced(by: evaluator) }, neutral: false) { .any($0) }
        case .group(let inner): inner.reduced(by: evaluator)
        }
    }

    /// The open ones of some parts, unless one of the others decides. `neutral` is the truth that does not matter.
    private static func combined(
        _ parts: [Reduced], neutral: Bool, _ join: ([MarkerExpression]) -> MarkerExpression
    ) -> Reduced {
        var open: [MarkerExpression] = []
        for part in parts {
            switch part {
            case .truth(neutral): continue
            case .truth: return .truth(!neutral)
            case .open(let rest): open.append(rest)
            }
        }
        guard let first = open.first else { return .truth(neutral) }
        return .open(open.count == 1 ? first : join(open.map(\.asGroup)))
    }
}

extension MarkerEnvironment {
    /// An environment of which nothing is known.
    fileprivate static let unknown = MarkerEnvironment(
        implementationName: "", implementationVersion: "", osName: "", platformMachine: "",
        platformPythonImplementation: "", platformRelease: "", platformSystem: "", platformVersion: "",
        pythonFullVersion: "", pythonVersion: "", sysPlatform: "")
}
