internal import CondaSolving
internal import Lockfiles

/// Says why versions cannot be used, as the rest of a sentence about them.
struct UnusableWords: Sendable {
    /// The Python that markers and wheels are read for.
    let python: String
    /// `CPython 3.12 on Linux x86_64`.
    let platform: String

    /// - Parameter reasons: reasons that are told together, of one or several versions.
    func predicate(_ reasons: [Unusable], isPlural: Bool) -> String {
        guard let first = reasons.first else { return "" }
        let have = isPlural ? "have" : "has"
        switch first {
        case .python:
            return "\(isPlural ? "need" : "needs") Python \(pythons(reasons)), not \(python)"
        case .noCompatibleWheel: return "\(have) no wheel for \(platform)\(found(reasons))"
        case .onlySourceDistributions: return "\(have) only source distributions, which cannot be built here"
        case .buildForbidden: return "\(have) no wheel for \(platform), and it may not be built (only-binary)"
        case .onlyWheels: return "\(have) no source distribution, and its wheels may not be used (no-binary)"
        case .yanked: return "\(isPlural ? "were" : "was") yanked\(isPlural ? "" : yankReason(first))"
        case .prerelease:
            return "\(isPlural ? "are pre-releases" : "is a pre-release"), which you do not allow"
        case .tooNew: return "\(isPlural ? "were" : "was") uploaded later than you allow\(isPlural ? "" : upload(first))"
        case .noNamedHash: return "\(have) no file with a hash that you named"
        case .noDigest: return "\(isPlural ? "come" : "comes") without a SHA-256 in the index and cannot be locked"
        case .badMetadata(let reason): return reason
        case .urlDependency(let name):
            return "\(isPlural ? "need" : "needs") \(name) from a URL, which only you may ask for"
        case .conda(let reason): return "\(have) \(Self.words(of: reason))"
        }
    }

    private static func words(of reason: CondaUnusable) -> String {
        switch reason {
        case .malformedSpec(let text): "a dependency that cannot be read: '\(text)'"
        case .tooManyAlternatives(let text): "a dependency with a condition of too many parts: '\(text)'"
        case .patternInDependency(let text): "a dependency that names no single package: '\(text)'"
        }
    }

    private func pythons(_ reasons: [Unusable]) -> String {
        var texts: [String] = []
        for case .python(let required) in reasons { texts.append(required) }
        return TagWords.sorted(texts.unique).listed("or")
    }

    private func found(_ reasons: [Unusable]) -> String {
        var values: Set<String> = []
        for case .noCompatibleWheel(let mismatch) in reasons { values.formUnion(mismatch.found) }
        return values.isEmpty ? "" : " (there are wheels for \(TagWords.list(values)))"
    }

    /// Why a version was yanked, cut where somebody wrote a letter.
    private func yankReason(_ reason: Unusable) -> String {
        guard case .yanked(let why?) = reason else { return "" }
        let beginning = why.prefix(60).split(separator: " ").dropLast().joined(separator: " ")
        let short = why.count > 70 ? beginning + " ..." : why
        return " (\"\(short)\")"
    }

    /// The day of the upload.
    private func upload(_ reason: Unusable) -> String {
        guard case .tooNew(let time?) = reason else { return "" }
        return " (\(time.description.prefix(10)))"
    }
}

extension Unusable {
    /// Whether both can be told in one sentence about all versions that they concern.
    func isToldWith(_ other: Unusable) -> Bool {
        if case (.python, .python) = (self, other) { return true }
        return isLike(other)
    }

    /// Whether something that the person laid down keeps a version out that could be installed otherwise.
    var isPolicy: Bool {
        switch self {
        case .yanked, .prerelease, .tooNew, .buildForbidden, .onlyWheels, .noNamedHash: true
        case .python, .noCompatibleWheel, .onlySourceDistributions, .noDigest, .badMetadata, .urlDependency, .conda: false
        }
    }
}
