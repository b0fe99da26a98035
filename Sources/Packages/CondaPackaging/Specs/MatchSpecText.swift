internal import Digests

extension MatchSpec: CustomStringConvertible {
    /// The normal form: `channel/subdir::name version build[key="value", …]`. Reading it gives the same spec.
    public var description: String {
        let details = details
        var fields = MatchFieldList()
        let prefix = details.prefix(into: &fields)
        var text = prefix + name.description
        if let version {
            if version.isPositional { text += " \(version)" } else { fields.add("version", version.description) }
        }
        if let build {
            let isPositional = version?.isPositional == true && build.isPositional
            if isPositional { text += " \(build)" } else { fields.add("build", build.description) }
        }
        details.add(to: &fields)
        return text + fields.description
    }

    /// The normal form inside a condition, where no spaces stand between name and version (CEP 43).
    var leafDescription: String {
        var fields = MatchFieldList()
        let prefix = details.prefix(into: &fields)
        var text = prefix + name.description
        let isShort: Bool
        if case .clause(let clause)? = version { isShort = clause.isShort } else { isShort = false }
        if let version {
            if isShort { text += version.description } else { fields.add("version", version.description) }
        }
        if let build { fields.add("build", build.description) }
        details.add(to: &fields)
        return text + fields.description
    }
}

/// `[key="value", …]`, or nothing.
private struct MatchFieldList: CustomStringConvertible {
    private var fields: [String] = []

    mutating func add(_ key: String, _ value: String?) {
        guard let value else { return }
        var escaped = ""
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { escaped.unicodeScalars.append("\\") }
            escaped.unicodeScalars.append(scalar)
        }
        fields.append("\(key)=\"\(escaped)\"")
    }

    mutating func add(_ key: String, list: [String]) {
        if !list.isEmpty { fields.append("\(key)=[\(list.joined(separator: ", "))]") }
    }

    var description: String { fields.isEmpty ? "" : "[\(fields.joined(separator: ", "))]" }
}

extension MatchDetails {
    /// What stands before the name; a channel or platform that cannot stand there is added to the fields.
    fileprivate func prefix(into fields: inout MatchFieldList) -> String {
        let platform = subdir?.exactText.flatMap { text in Subdir.known.contains { $0.description == text } ? text : nil }
        let name = channel.flatMap { $0.isPositional ? $0.description : nil }
        if name == nil { fields.add("channel", channel?.description) }
        if name == nil || platform == nil { fields.add("subdir", subdir?.description) }
        guard let name else {
            fields.add("namespace", namespace)
            return ""
        }
        return name + (platform.map { "/" + $0 } ?? "") + ":\(namespace ?? ""):"
    }

    fileprivate func add(to fields: inout MatchFieldList) {
        fields.add("extras", list: extras)
        fields.add("flags", list: flags.map(\.description))
        fields.add("md5", md5?.description)
        fields.add("sha256", sha256?.hex)
        fields.add("build_number", buildNumber?.description)
        fields.add("fn", fileName?.description)
        fields.add("url", url)
        fields.add("license", license?.description)
        fields.add("license_family", licenseFamily?.description)
        if !trackFeatures.isEmpty { fields.add("track_features", trackFeatures.joined(separator: " ")) }
        fields.add("when", condition?.description)
    }
}

extension ChannelReference {
    /// Whether the channel can stand before the name and is read as the same there.
    fileprivate var isPositional: Bool {
        guard kind == .name, !description.utf8.contains(where: \.isSpace) else { return false }
        let last = description.split(separator: "/").last
        return !Subdir.known.contains { $0.description == last.map(String.init) }
    }
}

extension VersionSpec {
    fileprivate var isPositional: Bool {
        switch self {
        case .pattern: false
        case .any, .clause: true
        case .all(let specs), .either(let specs): specs.allSatisfy(\.isPositional)
        }
    }
}

extension VersionClause {
    /// Whether the clause is read as the same directly behind a name.
    fileprivate var isShort: Bool { `operator` != .startsWith && `operator` != .notStartsWith }
}

extension TextPattern {
    /// Whether the pattern can stand behind a version and is read as the same there.
    fileprivate var isPositional: Bool {
        guard let first = description.utf8.first, first != UInt8(ascii: "=") else { return false }
        return description.utf8.allSatisfy { byte in
            byte.isBuildPart || byte.isOperatorPart || byte == UInt8(ascii: "*")
        }
    }
}
