import Digests

extension MatchSpec: CustomStringConvertible {
    /// The normal form: `channel/subdir::name version build[key="value", …]`. Reading it gives the same spec.
    public var description: String {
        let isPositional = version?.isPositional == true
        var text = details.prefix + name.description
        if isPositional, let version { text += " \(version)" }
        let hasPositionalBuild = isPositional && build?.isPositional == true
        if hasPositionalBuild, let build { text += " \(build)" }
        return text + fields(version: isPositional ? nil : version, build: hasPositionalBuild ? nil : build)
    }

    /// The normal form inside a condition, where no spaces stand between name and version (CEP 43).
    var leafDescription: String {
        var shortVersion = ""
        if case .clause(let clause)? = version?.expression, clause.isShort { shortVersion = clause.description }
        return details.prefix + name.description + shortVersion
            + fields(version: shortVersion.isEmpty ? version : nil, build: build)
    }

    private func fields(version: VersionSpec?, build: TextPattern?) -> String {
        let details = details
        var fields = MatchFieldList()
        fields.add("extras", list: details.extras)
        fields.add("flags", list: details.flags.map(\.description))
        fields.add("md5", details.md5?.description)
        fields.add("sha256", details.sha256?.hex)
        fields.add("build_number", details.buildNumber?.description)
        fields.add("version", version?.description)
        fields.add("build", build?.description)
        fields.add("fn", details.fileName?.description)
        fields.add("url", details.url)
        fields.add("license", details.license?.description)
        fields.add("license_family", details.licenseFamily?.description)
        fields.add("track_features", details.trackFeatures.isEmpty ? nil : details.trackFeatures.joined(separator: " "))
        details.addPlace(to: &fields)
        fields.add("when", details.condition?.description)
        return fields.description
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
    /// The channel as it stands before the name; `nil` where it cannot.
    private var positionalChannel: String? { channel.flatMap { $0.isPositional ? $0.description : nil } }

    private var positionalSubdir: String? {
        guard positionalChannel != nil, let text = subdir?.exactText else { return nil }
        return Subdir.known.contains { $0.description == text } ? text : nil
    }

    /// `channel/subdir:namespace:`, or nothing.
    fileprivate var prefix: String {
        guard let channel = positionalChannel else { return "" }
        return channel + (positionalSubdir.map { "/" + $0 } ?? "") + ":\(positionalNamespace ?? ""):"
    }

    private var positionalNamespace: String? {
        guard positionalChannel != nil, let namespace, namespace.utf8.allSatisfy(\.isCondaNamePart) else { return nil }
        return namespace
    }

    /// Adds what `prefix` does not say.
    fileprivate func addPlace(to fields: inout MatchFieldList) {
        if positionalChannel == nil { fields.add("channel", channel?.description) }
        if positionalSubdir == nil { fields.add("subdir", subdir?.description) }
        if positionalNamespace == nil { fields.add("namespace", namespace) }
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
    fileprivate var isPositional: Bool { expression.isPositional }
}

extension VersionSpec.Expression {
    fileprivate var isPositional: Bool {
        switch self {
        case .pattern: false
        case .any: true
        case .clause(let clause): clause.isPositional
        case .all(let expressions), .either(let expressions): expressions.allSatisfy(\.isPositional)
        }
    }
}

extension VersionClause {
    /// Where a version ends in `._` it would seem to end before that.
    fileprivate var isPositional: Bool { !version.spelling.contains("._") && !version.spelling.contains(".-") }

    /// Whether the clause is read as the same directly behind a name.
    fileprivate var isShort: Bool { `operator` != .startsWith && `operator` != .notStartsWith }
}

extension TextPattern {
    /// Whether the pattern can stand behind a version and is read as the same there.
    fileprivate var isPositional: Bool {
        !description.isEmpty
            && description.utf8.allSatisfy { byte in
                byte.isBuildPart || byte.isOperatorPart || byte == UInt8(ascii: "*") || byte == UInt8(ascii: ")")
            }
    }
}
