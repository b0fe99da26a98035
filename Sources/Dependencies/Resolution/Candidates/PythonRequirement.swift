internal import PythonPackaging

/// Answers `Requires-Python` for one Python, each text once.
struct PythonRequirement: Sendable {
    private let python: Version
    private var verdicts: [String: Bool] = [:]

    /// Pre-releases of a Python count as the Python that they become.
    init(python: Version) { self.python = python.baseVersion }

    /// Whether the Python is not below what is asked for.
    ///
    /// Only lower bounds count. Text that cannot be read refuses nobody.
    mutating func accepts(_ required: String?) -> Bool {
        guard let required else { return true }
        if let known = verdicts[required] { return known }
        let verdict = Self.lowerBounds(required).allSatisfy { $0.contains(python) }
        verdicts[required] = verdict
        return verdict
    }

    private static func lowerBounds(_ text: String) -> [Specifier] {
        guard let set = try? SpecifierSet(parsing: text) else { return [] }
        return set.specifiers.compactMap { specifier in
            switch specifier.operator {
            case .atLeast, .above: specifier
            case .equal, .compatible: specifier.version.flatMap { try? Specifier(parsing: ">=\($0.publicVersion)") }
            case .atMost, .below, .notEqual, .identical: nil
            }
        }
    }
}
