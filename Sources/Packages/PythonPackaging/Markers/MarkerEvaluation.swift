/// What was chosen beside the environment, for markers that ask for extras or groups.
public enum MarkerSelection: Sendable, Hashable {
    /// The marker of a requirement: these extras of the requiring package were asked for.
    case requirement(extras: Set<ExtraName>)
    /// The marker of a lock file (PEP 751): these of its extras and dependency groups are to be installed.
    case lockFile(extras: Set<ExtraName>, dependencyGroups: Set<PackageName>)
}

extension Marker {
    /// Whether the marker is true. A comparison without a meaning (`os_name ~= "x"`, `"a" == "a"`) is false.
    ///
    /// `extra == "x"` is true when `x` is among `extras`, `extra == ""` when there are none.
    public func evaluate(in environment: MarkerEnvironment, extras: Set<ExtraName> = []) -> Bool {
        evaluate(in: environment, selection: .requirement(extras: extras))
    }

    /// Whether the marker is true. A comparison without a meaning is false.
    public func evaluate(in environment: MarkerEnvironment, selection: MarkerSelection) -> Bool {
        expression.isTrue(in: MarkerEvaluator(environment: environment, selection: selection))
    }

    /// Whether what the marker says about extras is true, whatever the environment is like.
    public func isTrueSomewhere(extras: Set<ExtraName>) -> Bool {
        expression.isTrueSomewhere(selection: .requirement(extras: extras))
    }

    /// The comparisons that have no meaning in this environment, as text to warn with.
    ///
    /// PEP 508 calls for an error there; pip stops, uv warns and goes on.
    public func meaninglessComparisons(
        in environment: MarkerEnvironment, selection: MarkerSelection = .requirement(extras: [])
    ) -> [String] {
        let evaluator = MarkerEvaluator(environment: environment, selection: selection)
        return expression.comparisons.filter { evaluator.truth(of: $0) == nil }.map(\.description)
    }
}

extension MarkerExpression {
    fileprivate func isTrue(in evaluator: MarkerEvaluator) -> Bool {
        switch self {
        case .comparison(let comparison): evaluator.truth(of: comparison) ?? false
        case .all(let parts): parts.allSatisfy { $0.isTrue(in: evaluator) }
        case .any(let parts): parts.contains { $0.isTrue(in: evaluator) }
        case .group(let inner): inner.isTrue(in: evaluator)
        }
    }
}

extension MarkerExpression {
    fileprivate func isTrueSomewhere(selection: MarkerSelection) -> Bool {
        switch self {
        case .comparison(let comparison):
            guard comparison.variables.contains(where: \.isAboutSelection) else { return true }
            return MarkerEvaluator(environment: .nowhere, selection: selection).truth(of: comparison) ?? false
        case .all(let parts): return parts.allSatisfy { $0.isTrueSomewhere(selection: selection) }
        case .any(let parts): return parts.contains { $0.isTrueSomewhere(selection: selection) }
        case .group(let inner): return inner.isTrueSomewhere(selection: selection)
        }
    }
}

extension MarkerEnvironment {
    /// Facts about no environment, for what depends on none.
    fileprivate static let nowhere = MarkerEnvironment(
        implementationName: "", implementationVersion: "", osName: "", platformMachine: "",
        platformPythonImplementation: "", platformRelease: "", platformSystem: "", platformVersion: "",
        pythonFullVersion: "", pythonVersion: "", sysPlatform: "")
}

/// Decides single comparisons.
struct MarkerEvaluator {
    let environment: MarkerEnvironment
    let selection: MarkerSelection

    /// `nil` where the comparison has no meaning.
    func truth(of comparison: MarkerComparison) -> Bool? {
        switch (comparison.left, comparison.right) {
        case (.literal, .literal): nil
        case (.variable(let variable), .literal(let value)):
            variable.isAboutSelection
                ? selectionTruth(variable, comparison.operator, value, isReversed: false)
                : environment[variable].flatMap { compare($0, comparison.operator, value, as: variable) }
        case (.literal(let value), .variable(let variable)):
            variable.isAboutSelection
                ? selectionTruth(variable, comparison.operator, value, isReversed: true)
                : environment[variable].flatMap { compare(value, comparison.operator, $0, as: variable) }
        case (.variable(let left), .variable(let right)): variableTruth(left, comparison.operator, right)
        }
    }

    /// Two variables: an extra among them is never equal to a fact of the environment.
    private func variableTruth(
        _ left: MarkerVariable, _ operator: MarkerComparison.Operator, _ right: MarkerVariable
    ) -> Bool? {
        if let leftValue = environment[left], let rightValue = environment[right] {
            return compare(leftValue, `operator`, rightValue, as: left)
        }
        switch `operator` {
        case .equal: return false
        case .notEqual: return true
        default: return nil
        }
    }

    private func compare(
        _ left: String, _ operator: MarkerComparison.Operator, _ right: String, as variable: MarkerVariable
    ) -> Bool? {
        if variable.isVersion, let specifier = Self.specifier(`operator`, right) {
            return SpecifierSet([specifier]).contains(text: left, prereleases: .allowed)
        }
        return compareText(left, `operator`, right)
    }

    private static func specifier(_ operator: MarkerComparison.Operator, _ text: String) -> Specifier? {
        switch `operator` {
        case .contained, .notContained: nil
        default: try? Specifier(parsing: `operator`.rawValue + text)
        }
    }

    /// Text has no order: `<=` and `>=` hold for equal text, `<` and `>` never.
    private func compareText(_ left: String, _ operator: MarkerComparison.Operator, _ right: String) -> Bool? {
        switch `operator` {
        case .contained: right.containsBytes(of: left)
        case .notContained: !right.containsBytes(of: left)
        case .equal, .atMost, .atLeast: left == right
        case .notEqual: left != right
        case .below, .above: false
        case .compatible, .identical: nil
        }
    }
}

// MARK: - Extras and groups

extension MarkerEvaluator {
    private func selectionTruth(
        _ variable: MarkerVariable, _ operator: MarkerComparison.Operator, _ value: String, isReversed: Bool
    ) -> Bool? {
        switch (variable, selection) {
        case (.extra, .requirement(let extras)):
            extraTruth(Set(extras.map(\.description)), `operator`, value, isReversed: isReversed)
        case (.extras, .lockFile(let extras, _)):
            membership(of: value, in: extras.map(\.description), `operator`, isReversed: isReversed)
        case (.dependencyGroups, .lockFile(_, let groups)):
            membership(of: value, in: groups.map(\.description), `operator`, isReversed: isReversed)
        default: nil
        }
    }

    private func extraTruth(
        _ extras: Set<String>, _ operator: MarkerComparison.Operator, _ value: String, isReversed: Bool
    ) -> Bool? {
        let isChosen = value.isEmpty ? extras.isEmpty : extras.contains(value)
        switch `operator` {
        case .equal, .atMost, .atLeast: return isChosen
        case .notEqual: return !isChosen
        default:
            let candidates = extras.isEmpty ? [""] : extras.sorted()
            let truths = candidates.map {
                isReversed ? compareText(value, `operator`, $0) : compareText($0, `operator`, value)
            }
            return truths.contains(nil) ? nil : truths.contains(true)
        }
    }

    /// `"x" in extras`, the only form that a set has.
    private func membership(
        of value: String, in chosen: [String], _ operator: MarkerComparison.Operator, isReversed: Bool
    ) -> Bool? {
        switch `operator` {
        case .contained where isReversed: chosen.contains(value)
        case .notContained where isReversed: !chosen.contains(value)
        default: nil
        }
    }
}

extension String {
    /// Whether `other` occurs within the text, byte by byte.
    fileprivate func containsBytes(of other: String) -> Bool {
        let text = Array(utf8)
        let wanted = Array(other.utf8)
        guard wanted.count <= text.count else { return false }
        return (0...(text.count - wanted.count)).contains { text[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
