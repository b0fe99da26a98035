internal import PubGrub
internal import PythonPackaging

/// What a person may do about a conflict. Nothing is said that was not checked against what is known.
struct ConflictHints: Sendable {
    private(set) var texts: [String] = []
    private var scene: ConflictScene
    private let whole: ConflictScene.Proof
    private let facts: FactWords
    private var sets: VersionSetWords { facts.sets }
    /// Packages of which another version is known to do.
    private let settled: Set<PackageKey>

    /// Versions of one package that are looked at; where there are more, the best ones.
    private static let candidatesLookedAt = 40

    /// - Parameters:
    ///   - whole: the proof with everything that was learnt, so that what would do is not said too easily.
    ///   - told: the facts that are told to the person.
    init(
        _ facts: FactWords, whole: ConflictScene.Proof, told: ToldFacts, _ alternatives: [Alternatives.Found]
    ) {
        self.facts = facts
        scene = facts.scene
        settled = Set(alternatives.map(\.package.base))
        self.whole = whole
        for (_, what, constraints) in told.impossible {
            if let conda = CondaConflictHints(facts, what, constraints) {
                for text in conda.texts { add(text) }
            } else {
                addHints(what, constraints)
            }
        }
        for node in told.others {
            // What the machine has stands against something.
            guard case .dependency(.root, _, let what, _, _) = node.origin, case .conda = what,
                let conda = CondaConflictHints(facts, what, [])
            else { continue }
            for text in conda.texts { add(text) }
        }
        var groups: [(key: PackageKey, set: CandidateSet, reasons: [Unusable])] = []
        for (key, set, reason) in told.exclusions {
            let place = groups.firstIndex { $0.key.project == key.project && $0.reasons[0].isToldWith(reason) }
            if let place {
                groups[place].set.formUnion(set)
                groups[place].reasons.append(reason)
            } else {
                groups.append((key, set, [reason]))
            }
        }
        // Where other versions fail by what they need, one that is not looked into would probably fail in the same way.
        let needy = Set(
            told.others.compactMap { $0.subject?.dependency == nil ? nil : $0.subject?.package.project })
        for (key, set, reasons) in groups {
            if let project = key.project, needy.contains(project), reasons[0].isPolicy { continue }
            addHints(key, set, reasons)
        }
        for alternative in alternatives { add(alternative.text) }
        for demand in told.demands {
            guard let name = demand.package.project else { continue }
            add(SimilarNames.importName(of: name))
        }
    }

    private mutating func add(_ text: String?) {
        if let text, !texts.contains(text) { texts.append(text) }
    }

    // MARK: - What does not exist

    private mutating func addHints(_ what: PackageKey, _ constraints: [PackageConstraint]) {
        guard let project = what.project else { return }
        guard !scene.isMissing(project) else {
            if scene.conda?.has(project) == true {
                return add("\(project) is a conda package and no Python project: ask conda for it")
            }
            return add(SimilarNames(of: project, asked: scene.index?.asked ?? []).hint)
        }
        guard let table = scene.table(of: project),
            let wanted = constraints.first?.versions?.specifiers.specifiers.first?.version
        else { return }
        // Of the series that was meant, there may be other versions.
        let series = wanted.release.prefix(2)
        guard wanted.release.count > 2, let newest = table.versions.first(where: { $0.release.prefix(2) == series })
        else { return }
        add("the newest \(project) \(series.map(String.init).joined(separator: ".")) is \(newest)")
    }

    // MARK: - What cannot be used

    private mutating func addHints(_ key: PackageKey, _ set: CandidateSet, _ reasons: [Unusable]) {
        guard let project = key.project, let reason = reasons.first, scene.table(of: project) != nil else { return }
        let fitting = CandidateSet(
            set.candidates.prefix(Self.candidatesLookedAt).filter { candidate in
                isOffered(candidate, of: project, reason) && whole.wouldDo(candidate, of: key)
            }, of: set.candidateCount)
        if !fitting.candidates.isEmpty { add(hint(project, fitting, reason)) }
        switch reason {
        case .python, .noCompatibleWheel, .onlySourceDistributions, .buildForbidden:
            add(newestUsable(key, outside: set))
        default: break
        }
    }

    /// Whether a version was not taken back, if that is not what the hint is about.
    private func isOffered(_ candidate: Int, of project: PackageName, _ reason: Unusable) -> Bool {
        if case .yanked = reason { return true }
        guard let table = scene.table(of: project), let listing = scene.listing(of: project) else { return true }
        guard table.standIn(of: candidate) == nil else { return reason == .prerelease }
        return listing.files(at: table.position(of: candidate)).contains { !$0.file.isYanked }
    }

    private mutating func hint(_ project: PackageName, _ fitting: CandidateSet, _ reason: Unusable) -> String? {
        let phrase = sets.phrase(.project(project), fitting)
        guard let best = fitting.best, let version = scene.table(of: project)?.version(of: best) else { return nil }
        switch reason {
        case .python, .noCompatibleWheel:
            return PythonHint(facts, project, fitting).text
        case .yanked: return "to use \(project) \(version) although it was yanked, ask for \(project)==\(version)"
        case .prerelease:
            return "\(phrase.text) would do: allow pre-releases"
        case .tooNew: return "\(phrase.text) would do: allow files that were uploaded later"
        case .buildForbidden: return "\(phrase.text) could be built: allow that for \(project)"
        case .onlyWheels:
            return "\(phrase.text) \(phrase.isPlural ? "have wheels" : "has a wheel"): allow wheels of \(project)"
        case .noNamedHash: return "name the hashes of the files that the index has of \(project) \(version)"
        case .onlySourceDistributions, .noDigest, .badMetadata, .urlDependency, .conda: return nil
        }
    }

    /// The best version that could be used as far as the index says, which only what was asked for rules out.
    private mutating func newestUsable(_ key: PackageKey, outside set: CandidateSet) -> String? {
        guard let project = key.project, !settled.contains(.project(project)), let table = scene.table(of: project)
        else { return nil }
        for candidate in 0..<table.count where !set.contains(candidate) {
            guard table.standIn(of: candidate) == nil, !table.version(of: candidate).isPrerelease,
                scene.reason(against: candidate, of: project) == nil
            else { continue }
            guard whole.wouldDo(candidate, of: key, evenAgainstDemands: true) else { return nil }
            return "the newest \(project) for \(scene.platform) is \(table.version(of: candidate))"
        }
        return nil
    }
}
