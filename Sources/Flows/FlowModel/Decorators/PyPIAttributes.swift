/// What one `@pypi` or `@pypi_base` says.
struct PyPIAttributes {
    private(set) var packages: [String: PackageRequest] = [:]
    private(set) var python: PackageRequest?
    private(set) var isDisabled: Bool?

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        packages = site.packages("packages", &findings)
        python = site.python(&findings)
        isDisabled = site.truth("disabled", &findings)
    }
}

extension DecoratorSite {
    /// The packages of a dictionary, by their keys; what is none is told.
    func packages(_ attribute: String, _ findings: inout [FlowFinding]) -> [String: PackageRequest] {
        guard let value = self[attribute] else { return [:] }
        guard case .object(let members) = value, members["$python"] == nil else {
            findings.append(
                finding("has \(attribute)=\(value)", help: "use a dictionary of names and versions: {'pandas': '2.2.3'}"))
            return [:]
        }
        var packages: [String: PackageRequest] = [:]
        for (key, version) in members.sorted(by: { $0.key < $1.key }) {
            packages[key] = PackageRequest(key: key, value: version, at: self, findings: &findings)
        }
        return packages
    }
}

extension DecoratorSite {
    /// The Python that is asked for.
    func python(_ findings: inout [FlowFinding]) -> PackageRequest? {
        pythonVersion(&findings).map { PackageRequest(key: "python", version: $0, at: self) }
    }

    /// The version of Python that is asked for; what is none is told.
    func pythonVersion(_ findings: inout [FlowFinding]) -> String? {
        switch self["python"] {
        case nil: return nil
        case .string(let text) where Self.isVersion(text.trimmed) || Self.isRange(text.trimmed): return text.trimmed
        case .integer(let number) where number > 0: return String(number)
        // 3.1 can only be 3.10 that lost its zero.
        case .number(let number) where number != 3.1 && number > 0: return String(number)
        case let value?:
            findings.append(finding("has python=\(value)", help: "write a version as text, as in python='3.12'"))
            return nil
        }
    }

    /// Versions behind comparisons, between commas (PEP 440); who looks for the Python reads them.
    private static func isRange(_ text: String) -> Bool {
        let clauses = text.split(separator: ",", omittingEmptySubsequences: false)
        return clauses.allSatisfy { clause in
            let text = String(clause).trimmed
            let version = String(text.drop { "<>=!~".contains($0) })
            return version.count < text.count && isVersion(version.trimmed)
        }
    }

    /// Digits between dots, then perhaps `.*` or `t`.
    private static func isVersion(_ text: String) -> Bool {
        var text = text[...]
        if text.hasSuffix(".*") { text = text.dropLast(2) } else if text.hasSuffix("t") { text = text.dropLast() }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 3, let last = parts.last else { return false }
        // A last part may be a pre-release, as in 3.14.0rc1.
        let digits = last.prefix { $0.isASCII && $0.isNumber }
        return parts.dropLast().allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
            && !digits.isEmpty && isStage(last.dropFirst(digits.count))
    }

    /// Nothing, or a letter or two with a number: `a1`, `rc2`.
    private static func isStage(_ text: Substring) -> Bool {
        guard let kind = ["a", "b", "rc"].first(where: text.hasPrefix) else { return text.isEmpty }
        let number = text.dropFirst(kind.count)
        return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
