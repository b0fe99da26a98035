internal import CondaPackaging
public import PythonPackaging

extension CondaRequirement {
    /// The Python of an environment as a person names it: `3.12` for any of the series, `3.12.4`, `>=3.10,<3.13`, `3.13t` for a
    /// free-threaded build.
    ///
    /// - Throws: for the path of a Python, and other implementations.
    public init(pythonNamed text: String, spelled: String? = nil, asker: Asker? = nil) throws(CondaRequirementError) {
        let spelled = spelled ?? "python \(text)"
        var version = text
        var build = ""
        if version.hasSuffix("t"), version.first?.isNumber == true {
            version.removeLast()
            build = " *_cp\(version.split(separator: ".").prefix(2).joined())t"
        }
        guard !version.isEmpty, version.allSatisfy({ $0.isNumber || ".<>=!~,* ".contains($0) }) else {
            throw CondaRequirementError(
                spelled: spelled, reason: "beside conda packages, Python is one of them; it is named by its version, such as 3.12", asker: asker)
        }
        if version.allSatisfy({ $0.isNumber || $0 == "." }) {
            version = version.split(separator: ".").count < 3 ? "\(version).*" : "==\(version)"
        }
        let spec: MatchSpec
        do throws(MatchSpecError) {
            spec = try MatchSpec(parsing: "python \(version)\(build)")
        } catch {
            throw CondaRequirementError(spelled: spelled, reason: "\(error)", asker: asker)
        }
        self.init(spec, spelled: spelled, asker: asker)
    }

    /// The Pythons that a project is for (`requires-python`), as far as conda can say the same.
    public init?(pythons: SpecifierSet, asker: Asker? = nil) {
        guard let spec = try? MatchSpec(parsing: "python \(pythons)") else { return nil }
        self.init(spec, spelled: "python \(pythons)", asker: asker)
    }
}
