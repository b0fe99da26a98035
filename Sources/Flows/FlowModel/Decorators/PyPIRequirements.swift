/// The Python and the packages that a step runs with: `@pypi` and `@pypi_base` taken together.
package struct PyPIRequirements: Hashable, Sendable {
    /// As it was written: `3.11`, `3.11.*`, `3.13t`, `>=3.10,<3.13`; nothing for the launching interpreter's.
    package let python: String?
    /// In the order of their keys.
    package let packages: [PackageRequest]
    /// Runs in the launching interpreter after all.
    package let isDisabled: Bool

    package init(python: String? = nil, packages: [PackageRequest] = [], isDisabled: Bool = false) {
        self.python = python
        self.packages = packages
        self.isDisabled = isDisabled
    }

    /// The step's word counts before the base's: key by key for packages, as a whole for the rest.
    init(base: PyPIAttributes?, step: PyPIAttributes?) {
        let merged = (base?.packages ?? [:]).merging(step?.packages ?? [:]) { _, own in own }
        self.init(
            python: step?.python ?? base?.python, packages: merged.sorted { $0.key < $1.key }.map(\.value),
            isDisabled: step?.isDisabled ?? base?.isDisabled ?? false)
    }
}

/// What one `@pypi` or `@pypi_base` says.
struct PyPIAttributes {
    private(set) var packages: [String: PackageRequest] = [:]
    private(set) var python: String?
    private(set) var isDisabled: Bool?

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        readPackages(site, &findings)
        python = site.pythonVersion(&findings)
        isDisabled = site.truth("disabled", &findings)
    }

    private mutating func readPackages(_ site: DecoratorSite, _ findings: inout [FlowFinding]) {
        guard let value = site["packages"] else { return }
        guard case .object(let members) = value else {
            findings.append(
                site.finding("has packages=\(value)", help: "use a dictionary of names and versions: {'pandas': '2.2.3'}"))
            return
        }
        for (key, version) in members.sorted(by: { $0.key < $1.key }) {
            packages[key] = PackageRequest(key: key, value: version, at: site, findings: &findings)
        }
    }

}

extension DecoratorSite {
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
            && !digits.isEmpty && last.dropFirst(digits.count).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
