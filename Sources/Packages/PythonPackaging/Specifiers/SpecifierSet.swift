/// Version specifiers that all have to be fulfilled (PEP 440): `>=1.2,!=1.3`. The empty set allows every version.
public struct SpecifierSet: Sendable {
    /// The clauses in the order they were written.
    public let specifiers: [Specifier]

    public init(_ specifiers: [Specifier] = []) { self.specifiers = specifiers }

    /// The set that allows every version.
    public static let any = SpecifierSet()

    /// The set that allows `version` alone; without a local part, also its local variants.
    public static func exactly(_ version: Version) -> SpecifierSet {
        SpecifierSet([
            Specifier(
                operator: .equal, text: version.description, version: version, isPrefix: false,
                condition: VersionCondition(.equal, version, isPrefix: false))
        ])
    }

    public var isEmpty: Bool { specifiers.isEmpty }

    /// Whether any clause names a pre-release, which allows pre-releases for the whole set.
    public var mentionsPrerelease: Bool { specifiers.contains(where: \.mentionsPrerelease) }

    /// The clauses of both.
    public func and(_ other: SpecifierSet) -> SpecifierSet { SpecifierSet(specifiers + other.specifiers) }
}

extension SpecifierSet {
    /// What is done with pre-releases.
    public enum PrereleasePolicy: Sendable, Hashable {
        case allowed
        case excluded
        /// PEP 440's default: allowed where a clause names one, or where nothing else fulfils the set.
        case automatic
    }

    /// Whether `version` fulfils all clauses.
    ///
    /// - Parameter prereleases: Whether pre-releases may fulfil them at all.
    public func contains(_ version: Version, prereleases: Bool = true) -> Bool {
        if !prereleases, version.isPrerelease { return false }
        for specifier in specifiers where !specifier.condition.isFulfilled(by: version) { return false }
        return true
    }

    /// Whether a version given as text fulfils all clauses; `===` compares with the text as it is.
    ///
    /// Text that is no version fulfils only sets whose clauses are all `===`. With `automatic`, one pre-release alone
    /// is contained, since nothing else is on offer.
    public func contains(text: String, prereleases: PrereleasePolicy = .automatic) -> Bool {
        let version = try? Version(parsing: text)
        if prereleases == .excluded, version?.isPrerelease == true { return false }
        return specifiers.allSatisfy { $0.isFulfilled(by: text, version) }
    }

    /// The versions that fulfil the set, in the order given.
    ///
    /// - Complexity: One pass; `automatic` may make a second one over what was kept.
    public func filter(
        _ versions: some Sequence<Version>, prereleases: PrereleasePolicy = .automatic
    ) -> [Version] {
        let kept = versions.filter { contains($0, prereleases: prereleases != .excluded) }
        guard prereleases == .automatic, !mentionsPrerelease, kept.contains(where: { !$0.isPrerelease }) else {
            return kept
        }
        return kept.filter { !$0.isPrerelease }
    }
}

extension Specifier {
    fileprivate func isFulfilled(by text: String, _ version: Version?) -> Bool {
        if case .text(let wanted) = condition { return text.lowercased() == wanted }
        guard let version else { return false }
        return condition.isFulfilled(by: version)
    }
}

extension SpecifierSet: Hashable {
    // A set: order and repetition say nothing.
    public static func == (left: Self, right: Self) -> Bool { Set(left.specifiers) == Set(right.specifiers) }

    public func hash(into hasher: inout Hasher) { hasher.combine(Set(specifiers)) }
}

extension SpecifierSet: TextCoded {
    /// Reads clauses separated by commas; empty ones are passed over.
    public init(parsing text: some StringProtocol) throws(SpecifierError) {
        var specifiers: [Specifier] = []
        for part in text.utf8.split(separator: UInt8(ascii: ",")) {
            let clause = String(decoding: part, as: UTF8.self).stripped
            if !clause.isEmpty { specifiers.append(try Specifier(parsing: clause)) }
        }
        self.init(specifiers)
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }

    /// The clauses in the order of their text, each once.
    public var description: String {
        var seen: Set<Specifier> = []
        return specifiers.map { ($0, $0.description) }
            .sorted { $0.1.utf8.lexicographicallyPrecedes($1.1.utf8) }
            .filter { seen.insert($0.0).inserted }
            .map(\.1).joined(separator: ",")
    }
}
