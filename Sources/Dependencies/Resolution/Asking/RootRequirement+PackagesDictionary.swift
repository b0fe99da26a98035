private import PythonPackaging

extension RootRequirement {
    /// Reads one entry of `packages={…}` as `@pypi` takes them.
    ///
    /// The value is a version (`1.2`: exactly that one; `1.2.*`), version specifiers (`>=1,<2`), or nothing for any version.
    /// The name may carry extras (`p[a,b]`). Taken beyond what Metaflow takes: `==1.2`, blanks around either, and `*` and
    /// `latest` for any version. `=1.2` compares text, as there.
    ///
    /// - Parameters:
    ///   - name: The key, with extras.
    ///   - spec: The value.
    public init(fromPackagesDictionary name: String, spec: String) throws(RootRequirementError) {
        let spelled = "'\(name)': '\(spec)'"
        let (key, value) = (name.trimmed, spec.trimmed)
        if let problem = Self.problem(key: key, value: value) { throw .init(spelled: spelled, problem) }
        let clauses: [String] =
            value.isEmpty || value == "*" || value == "latest"
            ? [] : value.split(separator: ",", omittingEmptySubsequences: true).map { Self.clause($0.trimmed) }
        let requirement: Requirement
        do {
            requirement = try Requirement(parsing: key + clauses.joined(separator: ","))
        } catch {
            throw .init(spelled: spelled, .malformed(error.description))
        }
        try self.init(requirement, spelled: spelled)
    }

    private static func problem(key: String, value: String) -> RootRequirementError.Problem? {
        if key.contains("::") { return .channel }
        if key.contains(";") { return .marker }
        if let problem = RootRequirementError.Problem(unsupported: key) { return problem }
        if value.hasPrefix("@") {
            let target = value.dropFirst().trimmed
            return .init(unsupported: target) ?? .path(target)
        }
        if let problem = RootRequirementError.Problem(unsupported: value) { return problem }
        // A second "=" after a version that has no operator: `1.2=py39_0`.
        if value.first?.isNumber == true, value.contains("="), !value.contains(",") { return .build }
        return nil
    }

    private static func clause(_ text: String) -> String {
        guard let first = text.first else { return "" }
        if "<>!~".contains(first) || text.hasPrefix("==") { return text }
        // One "=" makes `===`, which compares text.
        return "==" + text
    }
}
