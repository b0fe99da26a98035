extension Marker {
    /// Whether two markers are true in the same environments; no marker is true in all of them.
    ///
    /// Decided by trying one environment for each combination of answers that their comparisons can have. Where those are
    /// too many, texts are compared.
    ///
    /// - Parameter pythons: only these count.
    public static func areEquivalent(_ left: Marker?, _ right: Marker?, for pythons: SpecifierSet = .any) -> Bool {
        if left == right { return true }
        let comparisons = [left, right].compactMap { $0?.expression.comparisons }.flatMap { $0 }
        guard let trials = MarkerTrials(comparisons, for: pythons) else { return false }
        return trials.allSatisfy { trial in
            let truth = { (marker: Marker?) in marker?.evaluate(in: trial.environment, extras: trial.extras) ?? true }
            return truth(left) == truth(right)
        }
    }

    /// Whether the marker is true in some environment with one of these Pythons.
    public func isPossible(for pythons: SpecifierSet = .any) -> Bool {
        guard let trials = MarkerTrials(expression.comparisons, for: pythons) else { return true }
        return trials.contains { evaluate(in: $0.environment, extras: $0.extras) }
    }
}

/// Environments that between them give comparisons every answer that they can have.
private struct MarkerTrials: Sequence {
    struct Trial {
        var environment: MarkerEnvironment
        var extras: Set<ExtraName>
    }

    private static let most = 50_000

    private let variables: [MarkerVariable]
    private let values: [[String]]
    private let extras: [ExtraName]

    /// `nil` where there would be too many.
    init?(_ comparisons: [MarkerComparison], for pythons: SpecifierSet) {
        var literals: [MarkerVariable: Set<String>] = [:]
        for comparison in comparisons {
            guard let variable = comparison.variables.first else { continue }
            var texts: [String] = []
            for case .literal(let text) in [comparison.left, comparison.right] { texts.append(text) }
            literals[variable == .pythonVersion ? .pythonFullVersion : variable, default: []].formUnion(texts)
        }
        extras = (literals.removeValue(forKey: .extra) ?? []).sorted().compactMap { try? ExtraName(parsing: $0) }
        variables = literals.keys.sorted { $0.rawValue < $1.rawValue }
        values = variables.map { variable in
            variable == .pythonFullVersion
                ? Self.pythons(around: literals[variable] ?? [], pythons) : Self.texts(around: literals[variable] ?? [], variable)
        }
        var count = extras.count < 16 ? 1 << extras.count : Self.most + 1
        for list in values where count <= Self.most { count *= Swift.max(list.count, 1) }
        guard count <= Self.most else { return nil }
    }

    func makeIterator() -> AnyIterator<Trial> {
        let counts = values.map(\.count) + [1 << extras.count]
        var position: [Int]? = counts.contains(0) ? nil : counts.map { _ in 0 }
        return AnyIterator {
            guard let now = position else { return nil }
            var next = now
            position = nil
            for place in next.indices {
                next[place] += 1
                if next[place] < counts[place] {
                    position = next
                    break
                }
                next[place] = 0
            }
            return trial(at: now)
        }
    }

    private func trial(at position: [Int]) -> Trial {
        var environment = MarkerEnvironment.undistinguished
        for (place, variable) in variables.enumerated() { environment.set(variable, to: values[place][position[place]]) }
        let bits = position[variables.count]
        return Trial(environment: environment, extras: Set(extras.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element)))
    }

    /// Every literal and its parts, and a value that nothing is compared with.
    private static func texts(around literals: Set<String>, _ variable: MarkerVariable) -> [String] {
        var texts = literals
        for literal in literals { texts.formUnion(literal.split { $0 == " " || $0 == "," }.map(String.init)) }
        if variable.isVersion {
            for literal in literals { texts.formUnion(versions(around: literal).map(\.description)) }
        }
        texts.insert(variable.isVersion ? "0" : "none of these")
        return texts.sorted()
    }

    /// The versions at which an answer can change, and one between each two of them.
    private static func pythons(around literals: Set<String>, _ pythons: SpecifierSet) -> [String] {
        var texts = Set(literals.flatMap { $0.split { $0 == " " || $0 == "," || $0 == "|" }.map(String.init) })
        texts.formUnion(pythons.specifiers.compactMap { $0.version?.description })
        var found: Set<Version> = []
        for text in texts { found.formUnion(versions(around: text)) }
        return found.filter { pythons.contains($0) }.sorted().map { version in
            (0..<3).map { "\(version.releaseComponent($0))" }.joined(separator: ".")
        }
    }

    private static func versions(around text: String) -> [Version] {
        let core = text.hasSuffix(".*") ? String(text.dropLast(2)) : text
        guard let version = try? Version(parsing: core) else { return [] }
        let (major, minor, micro) = (version.major, version.minor, version.micro)
        var parts = [(major, minor, micro), (major, minor, micro + 1), (major, minor + 1, 0), (major + 1, 0, 0)]
        if micro > 0 { parts.append((major, minor, micro - 1)) }
        if minor > 0 { parts.append((major, minor - 1, 99)) }
        if major > 0 { parts.append((major - 1, 99, 99)) }
        return parts.compactMap { try? Version(parsing: "\($0.0).\($0.1).\($0.2)") }
    }
}

extension MarkerEnvironment {
    fileprivate static let undistinguished = MarkerEnvironment(
        implementationName: "", implementationVersion: "0", osName: "", platformMachine: "",
        platformPythonImplementation: "", platformRelease: "0", platformSystem: "", platformVersion: "",
        pythonFullVersion: "3.0.0", pythonVersion: "3.0", sysPlatform: "")

    fileprivate mutating func set(_ variable: MarkerVariable, to value: String) {
        switch variable {
        case .implementationName: implementationName = value
        case .implementationVersion: implementationVersion = value
        case .osName: osName = value
        case .platformMachine: platformMachine = value
        case .platformPythonImplementation: platformPythonImplementation = value
        case .platformRelease: platformRelease = value
        case .platformSystem: platformSystem = value
        case .platformVersion: platformVersion = value
        case .pythonFullVersion, .pythonVersion:
            pythonFullVersion = value
            pythonVersion = value.split(separator: ".").prefix(2).joined(separator: ".")
        case .sysPlatform: sysPlatform = value
        case .extra, .extras, .dependencyGroups: break
        }
    }
}
