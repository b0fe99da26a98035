internal import PubGrub
internal import PythonPackaging

/// Names what is in conflict, in one short sentence without a period.
struct ConflictHeadline: Sendable {
    let text: String

    init(_ scene: ConflictScene, _ told: ToldFacts) {
        text =
            Self.impossibleDemand(scene, told) ?? Self.contradiction(told) ?? Self.unusable(scene, told)
            ?? Self.together(scene, told)
    }

    /// Nothing fulfils the one thing that is asked for.
    private static func impossibleDemand(_ scene: ConflictScene, _ told: ToldFacts) -> String? {
        guard let only = told.impossible.first(where: { $0.by == .root }), let name = only.what.project
        else { return nil }
        if scene.isMissing(name) {
            return scene.indexes.count > 1
                ? "\(name) is on none of the package indexes" : "\(name) is not on the package index"
        }
        guard let specifiers = only.constraints.first?.versions?.specifiers, !specifiers.isEmpty else {
            return "\(name) has no versions"
        }
        return "There is no \(name)\(specifiers.inReadingOrder)"
    }

    /// Demands on one package alone.
    private static func contradiction(_ told: ToldFacts) -> String? {
        guard told.others.isEmpty, told.demands.count > 1, Set(told.demands.map(\.package.project)).count == 1 else {
            return nil
        }
        return "\(told.demands.map(\.plain).unique.listed("and")) contradict each other"
    }

    /// One demand, and reasons against the versions that fulfil it.
    private static func unusable(_ scene: ConflictScene, _ told: ToldFacts) -> String? {
        guard told.demands.count == 1, let demand = told.demands.first, !told.exclusions.isEmpty,
            told.exclusions.count == told.others.count,
            told.exclusions.allSatisfy({ $0.key.project == demand.package.project })
        else { return nil }
        let wish = demand.plain
        let none =
            demand.specifiers.isEmpty
            ? "No version of \(wish) can be used" : "No version that fulfils \(wish) can be used"
        let reasons = told.exclusions.map(\.reason)
        guard let first = reasons.first, reasons.allSatisfy({ first.isToldWith($0) }) else {
            return none
        }
        switch first {
        case .python: return "\(wish) does not support Python \(scene.target.pythonVersion)"
        case .noCompatibleWheel: return "\(wish) has no wheel for \(scene.platform)"
        case .onlySourceDistributions: return "\(wish) has only source distributions"
        case .buildForbidden: return "\(wish) has no wheel, and it may not be built"
        case .onlyWheels: return "\(wish) has only wheels, and they may not be used"
        case .yanked: return "Only yanked versions fulfil \(wish)"
        case .prerelease: return "Only pre-releases fulfil \(wish), and you do not allow them"
        case .tooNew: return "Everything that fulfils \(wish) was uploaded later than you allow"
        case .noNamedHash: return "\(wish) has no file with a hash that you named"
        case .noDigest, .badMetadata, .urlDependency, .conda: return none
        }
    }

    private static func together(_ scene: ConflictScene, _ told: ToldFacts) -> String {
        let wishes = told.demands.filter { $0.demand?.role != .constraint }.map(\.plain).unique
        let limits = told.demands.filter { $0.demand?.role == .constraint }.map { "the constraint \($0.plain)" }.unique
        if wishes.count + limits.count == 1, let wish = wishes.first {
            let lacking = told.impossible.first { scene.isMissing($0.what.project) }?.what.project
            if let lacking {
                return "\(wish) cannot be installed: it needs \(lacking), which is not on the package index"
            }
            return "\(wish) cannot be installed" + platform(scene, told)
        }
        return "\((wishes + limits).listed("and", limit: 4)) do not go together" + platform(scene, told)
    }

    /// What the conflict is on, if that matters.
    private static func platform(_ scene: ConflictScene, _ told: ToldFacts) -> String {
        guard let first = told.exclusions.first?.reason, told.impossible.isEmpty,
            told.exclusions.allSatisfy({ $0.reason.isToldWith(first) })
        else { return "" }
        switch first {
        case .noCompatibleWheel: return " for \(scene.platform)"
        case .python: return " with Python \(scene.target.pythonVersion)"
        default: return ""
        }
    }
}
