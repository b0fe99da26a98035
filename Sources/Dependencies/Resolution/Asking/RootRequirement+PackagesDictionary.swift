private import PythonPackaging

extension RootRequirement {
    /// Reads one entry of `packages={…}` as `@pypi` takes them.
    ///
    /// The value is a version (`1.2`: exactly that one; `1.2.*`), version specifiers (`>=1,<2`), nothing for any version, or
    /// `@` and where the package comes from (`@ https://…/p-1.0-py3-none-any.whl`, `@git+https://…@main#subdirectory=p`).
    /// The name may carry extras (`p[a,b]`) or all of the requirement (`p@git+https://…`). Taken beyond what Metaflow takes:
    /// `==1.2`, blanks around either, `*` and `latest` for any version, source archives, paths, and a marker at the end of
    /// either. `=1.2` compares text, as there.
    ///
    /// - Parameters:
    ///   - name: The key, with extras.
    ///   - spec: The value.
    ///   - folder: Where relative paths begin; without one they are refused.
    public init(
        fromPackagesDictionary name: String, spec: String, asker: Asker? = nil, below folder: String? = nil
    ) throws(RootRequirementError) {
        let spelled = "'\(name)': '\(spec)'"
        let entry = PackagesEntry(key: name.trimmed, value: spec.trimmed)
        let text: String
        do {
            text = try entry.requirement()
        } catch {
            throw RootRequirementError(spelled: spelled, error, asker: asker)
        }
        switch try RequirementText(text, spelled: spelled, asker: asker, folder: folder).read() {
        case .named(let root): self = root
        case .unnamed: throw RootRequirementError(spelled: spelled, .unnamed, asker: asker)
        }
    }
}

/// Key and value, to be put together to a requirement of PEP 508.
private struct PackagesEntry {
    let key: String
    let value: String

    func requirement() throws(RootRequirementError.Problem) -> String {
        if key.contains("::") { throw .channel }
        if key.hasPrefix("-") || value.hasPrefix("-") { throw .option(key.hasPrefix("-") ? key : value) }
        if isReference(key) {
            guard isAny(value) else { throw .versionOfReference }
            return key
        }
        let (name, condition) = Self.cut(key)
        if value.hasPrefix("@") {
            let target = value.dropFirst().trimmed
            return "\(name) @ \(target)" + (condition.map { " ; \($0)" } ?? "")
        }
        let (versions, other) = Self.cut(value)
        // A second "=" after a version that has no operator: `1.2=py39_0`.
        if versions.first?.isNumber == true, versions.contains("="), !versions.contains(",") { throw .build }
        guard condition == nil || other == nil else { throw .malformed("both the name and the version have a condition") }
        var clauses: [String] = []
        for part in isAny(versions) ? [] : versions.split(separator: ",") { clauses.append(try Self.clause(part.trimmed)) }
        return name + clauses.joined(separator: ",") + ((condition ?? other).map { " ; \($0)" } ?? "")
    }

    private func isAny(_ value: String) -> Bool { value.isEmpty || value == "*" || value == "latest" }

    /// Whether the key says where the package comes from.
    private func isReference(_ key: String) -> Bool {
        key.contains("@") || key.contains("/") || key.hasPrefix(".") || ArchiveExtension.ends(key)
    }

    /// What stands before and behind the first `;`.
    private static func cut(_ text: String) -> (String, String?) {
        guard let mark = text.firstIndex(of: ";") else { return (text, nil) }
        return (text[..<mark].trimmed, text[text.index(after: mark)...].trimmed)
    }

    private static func clause(_ text: String) throws(RootRequirementError.Problem) -> String {
        guard let first = text.first else { return "" }
        if "<>!~".contains(first) || text.hasPrefix("==") { return text }
        if text.hasPrefix("=>") || text.hasPrefix("=<") { throw .malformed("'\(text.prefix(2))' is no comparison; write '\(text.prefix(2) == "=>" ? ">=" : "<=")'") }
        // One "=" makes `===`, which compares text.
        return "==" + text
    }
}
