/// What a step wants of conda: `@conda` and `@conda_base` taken together. Its Python is a conda package too.
package struct CondaRequirements: Hashable, Sendable {
    /// In the order of their keys: `numpy`, `conda-forge::numpy`.
    package let packages: [PackageRequest]
    /// As they were written, the first one first; none for those that the machine is configured for.
    package let channels: [String]
    /// Which source is tried first where a project can be had from both.
    package let preference: SourcePreferences

    package init(packages: [PackageRequest] = [], channels: [String] = [], preference: SourcePreferences = .init()) {
        self.packages = packages
        self.channels = channels
        self.preference = preference
    }

    /// - Parameter attributes: the step's before the base's.
    init(_ attributes: [CondaAttributes]) {
        packages = attributes.reversed().reduce(into: [:]) { $0.merge($1.packages) { _, own in own } }
            .sorted { $0.key < $1.key }.map(\.value)
        channels = attributes.lazy.compactMap(\.channels).first ?? []
        preference = SourcePreferences(
            usual: attributes.lazy.compactMap(\.preference.usual).first,
            ofProjects: attributes.reversed().reduce(into: [:]) { $0.merge($1.preference.ofProjects) { _, own in own } })
    }
}

/// Where a Python project is taken from if both conda and the package index have it.
package struct SourcePreferences: Hashable, Sendable {
    package enum Source: String, Hashable, Sendable {
        case conda, pypi
    }

    /// Absent where nothing is said.
    package var usual: Source?
    /// By the names of projects, as they were written.
    package var ofProjects: [String: Source]

    package init(usual: Source? = nil, ofProjects: [String: Source] = [:]) {
        self.usual = usual
        self.ofProjects = ofProjects
    }
}

/// What one `@conda` or `@conda_base` says.
struct CondaAttributes {
    /// Those of `libraries`, the older name, below those of `packages`.
    let packages: [String: PackageRequest]
    let channels: [String]?
    let preference: SourcePreferences
    let python: PackageRequest?
    let isDisabled: Bool?

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        packages = site.packages("libraries", &findings).merging(site.packages("packages", &findings)) { _, newer in newer }
        channels = site.channels(&findings)
        preference = site.sourcePreferences(&findings)
        python = site.python(&findings)
        isDisabled = site.truth("disabled", &findings)
    }
}

extension DecoratorSite {
    /// A list of channels, or one text with commas between them, as on the command line; anything else is told.
    fileprivate func channels(_ findings: inout [FlowFinding]) -> [String]? {
        var given: [String] = []
        switch self["channels"] {
        case nil: return nil
        case .string(let text)?: given = text.split(separator: ",").map { $0.trimmed }
        case .array(let values)?: given = values.map { if case .string(let text) = $0 { text.trimmed } else { "" } }
        case _?: given = [""]
        }
        guard !given.contains("") else {
            findings.append(
                finding("has channels=\(self["channels"] ?? .null)", help: "write a list of names or URLs: channels=['conda-forge']"))
            return nil
        }
        return given.isEmpty ? nil : given
    }

    /// `'pypi'` for all projects, or a dictionary of projects; `'*'` is all others in it.
    fileprivate func sourcePreferences(_ findings: inout [FlowFinding]) -> SourcePreferences {
        var members: [String: JSONValue] = [:]
        switch self["prefer"] {
        case nil: return SourcePreferences()
        case .object(let given)?: members = given
        case let value?: members = ["*": value]
        }
        var preferences = SourcePreferences()
        for (name, value) in members {
            guard case .string(let text) = value, let source = SourcePreferences.Source(rawValue: text.trimmed) else {
                findings.append(
                    finding(
                        "has prefer=\(self["prefer"] ?? .null)",
                        help: "write prefer='conda' or prefer='pypi', or one for each project: prefer={'numpy': 'pypi'}"))
                return SourcePreferences()
            }
            if name.trimmed == "*" { preferences.usual = source } else { preferences.ofProjects[name.trimmed] = source }
        }
        return preferences
    }
}
