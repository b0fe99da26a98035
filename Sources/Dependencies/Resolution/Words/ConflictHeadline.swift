internal import CondaPackaging
internal import CondaSolving
internal import PubGrub
internal import PythonPackaging

/// Names what is in conflict, in one short sentence without a period.
struct ConflictHeadline: Sendable {
    private let scene: ConflictScene
    private let facts: FactWords
    private let told: ToldFacts

    init(_ facts: FactWords, _ told: ToldFacts) {
        scene = facts.scene
        self.facts = facts
        self.told = told
    }

    var text: String { impossibleDemand ?? contradiction ?? unusable ?? together }

    /// Nothing fulfils the one thing that is asked for.
    private var impossibleDemand: String? {
        guard let only = told.impossible.first(where: { $0.by == .root }) else { return nil }
        if case .conda = only.what { return impossibleCondaDemand(only.what, only.constraints) }
        guard let name = only.what.project else { return nil }
        if scene.isMissing(name) { return "\(name) \(scene.absence(of: name))" }
        guard let specifiers = only.constraints.first?.versions?.specifiers, !specifiers.isEmpty else {
            return "\(name) has no versions"
        }
        return "There is no \(name)\(specifiers.inReadingOrder)"
    }

    private func impossibleCondaDemand(_ what: PackageKey, _ constraints: [PackageConstraint]) -> String? {
        guard let conda = scene.conda, let name = facts.names.condaName(what) else { return nil }
        let plain = told.demands.first { $0.package == what }?.plain ?? "\(name)"
        let specs = constraints.compactMap(\.spec).compactMap(conda.book.matchSpec)
        if let channel = conda.channelThatIsNotAsked(specs) {
            return "There is no \(plain): \(channel) is not among the channels"
        }
        let isElsewhere = specs.contains { $0.details.channel != nil }
        if scene.versions(of: what) != nil || conda.isHidden(name) || isElsewhere { return "There is no \(plain) for \(conda.target.subdir)" }
        return name.isVirtual ? "The target \(conda.target.subdir) has no \(name)" : "\(facts.sets.name(what)) \(conda.absence)"
    }

    /// Demands on one package alone.
    private var contradiction: String? {
        guard told.others.isEmpty, told.demands.count > 1, Set(told.demands.map(\.package.base)).count == 1 else { return nil }
        return "\(told.demands.map(\.plain).unique.listed("and")) contradict each other"
    }

    /// One demand, and reasons against the versions that fulfil it.
    private var unusable: String? {
        guard told.demands.count == 1, let demand = told.demands.first, !told.exclusions.isEmpty,
            told.exclusions.count == told.others.count,
            told.exclusions.allSatisfy({ $0.key.base == demand.package.base })
        else { return nil }
        let wish = demand.plain
        let none =
            !demand.isRelaxable
            ? "No version of \(wish) can be used" : "No version that fulfils \(wish) can be used"
        let reasons = told.exclusions.map(\.reason)
        guard let first = reasons.first, reasons.allSatisfy({ first.isToldWith($0) }) else {
            return none
        }
        switch first {
        case .python: return "\(wish) does not support Python \(scene.python)"
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

    private var together: String {
        let wishes = told.demands.filter { $0.demand?.role != .constraint }.map(\.plain).unique
        let limits = told.demands.filter { $0.demand?.role == .constraint }.map { "the constraint \($0.plain)" }.unique
        if wishes.count + limits.count == 1, let wish = wishes.first {
            if let lack { return "\(wish) cannot be installed: it needs \(lack)" }
            return "\(wish) cannot be installed" + platform
        }
        return "\((wishes + limits).listed("and", limit: 4)) do not go together" + platform
    }

    /// Something that is needed and that nobody has.
    private var lack: String? {
        for (_, what, constraints) in told.impossible {
            if let project = what.project, scene.isMissing(project) { return "\(project), which \(scene.absence(of: project))" }
            guard let conda = scene.conda, let name = facts.names.condaName(what) else { continue }
            let version = scene.versions(of: what)?.texts.first
            if name.isVirtual {
                let wish = facts.condaWish(what, constraints, CandidateSet(noneOf: 0))
                return version.map { "\(wish), and the target \(conda.target.subdir) has \($0)" }
                    ?? "\(name), which the target \(conda.target.subdir) does not have"
            }
            if version == nil, !conda.isHidden(name) { return "\(facts.sets.name(what)), which \(conda.absence)" }
        }
        return nil
    }

    /// What the conflict is on, if that matters.
    private var platform: String {
        guard let first = told.exclusions.first?.reason, told.impossible.isEmpty,
            told.exclusions.allSatisfy({ $0.reason.isToldWith(first) })
        else { return "" }
        switch first {
        case .noCompatibleWheel: return " for \(scene.platform)"
        case .python: return " with Python \(scene.python)"
        default: return ""
        }
    }
}

extension PackageKey {
    /// The same without an extra.
    var base: PackageKey {
        if case .extra(let name, _) = self { .project(name) } else { self }
    }
}
