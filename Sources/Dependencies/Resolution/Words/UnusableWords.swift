internal import Lockfiles
internal import PubGrub
internal import PythonPackaging

/// Says why versions cannot be used, as the rest of a sentence about them.
struct UnusableWords: Sendable {
    let target: PythonTarget

    /// - Parameter reasons: reasons that are alike, of one or several versions.
    func predicate(_ reasons: [Unusable], isPlural: Bool) -> String {
        guard let first = reasons.first else { return "" }
        switch first {
        case .python:
            return "\(isPlural ? "need" : "needs") Python \(pythons(reasons)) (this is Python \(target.pythonVersion))"
        case .noCompatibleWheel:
            return "\(isPlural ? "have" : "has") no wheel for \(platform)\(found(reasons))"
        case .onlySourceDistributions:
            return "\(isPlural ? "have" : "has") only source distributions, which this version of Penstock does not build"
        case .buildForbidden:
            return "\(isPlural ? "have" : "has") no wheel for \(platform), and building is forbidden"
        case .onlyWheels:
            return "\(isPlural ? "have" : "has") no source distribution, and wheels are not allowed"
        case .yanked(let reason):
            let why = reason.map { " (\"\($0)\")" } ?? ""
            return "\(isPlural ? "were" : "was") yanked\(why) and would have to be asked for with =="
        case .prerelease:
            return "\(isPlural ? "are pre-releases" : "is a pre-release"), which are switched off"
        case .tooNew:
            return "\(isPlural ? "were" : "was") uploaded later than you allow\(firstUpload(reasons))"
        case .noNamedHash:
            return "\(isPlural ? "have" : "has") no file with a hash that you named"
        case .noDigest:
            return "\(isPlural ? "come" : "comes") without a SHA-256 in the index and cannot be locked"
        case .badMetadata(let reason): return reason
        case .urlDependency(let name):
            return "\(isPlural ? "need" : "needs") \(name) from a URL, which this version of Penstock does not support"
        }
    }

    /// `CPython 3.12 on Linux x86_64`.
    var platform: String {
        let facts = target.markerEnvironment
        return "\(facts.platformPythonImplementation) \(facts.pythonVersion) on \(facts.platformSystem) \(facts.platformMachine)"
    }

    private func firstUpload(_ reasons: [Unusable]) -> String {
        var times: [UTCTime] = []
        for case .tooNew(let time?) in reasons { times.append(time) }
        return times.min().map { " (\($0))" } ?? ""
    }

    private func pythons(_ reasons: [Unusable]) -> String {
        var texts: [String] = []
        for case .python(let required) in reasons where !texts.contains(required) { texts.append(required) }
        return VersionSetWords.list(texts, "or")
    }

    private func found(_ reasons: [Unusable]) -> String {
        var values: Set<String> = []
        for case .noCompatibleWheel(let mismatch) in reasons { values.formUnion(mismatch.found) }
        guard !values.isEmpty else { return "" }
        return " (there are wheels for \(VersionSetWords.list(values.sorted(), "and")))"
    }

    /// What a person may do about it.
    static func help(_ reason: Unusable) -> String? {
        switch reason {
        case .python: "choose a Python that these versions support, or allow older versions"
        case .noCompatibleWheel: "choose a Python and versions for which there are wheels"
        case .onlySourceDistributions: "allow a version that has a wheel"
        case .yanked: "to use a yanked version all the same, ask for it exactly, with =="
        case .prerelease: "allow pre-releases"
        case .buildForbidden: "allow building it from source"
        case .onlyWheels: "allow wheels of it"
        case .tooNew: "allow files that were uploaded later"
        case .noNamedHash: "ask for the version that the hashes belong to"
        case .noDigest, .badMetadata, .urlDependency: nil
        }
    }
}
