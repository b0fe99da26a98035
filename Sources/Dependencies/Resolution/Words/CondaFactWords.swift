internal import CondaPackaging
internal import CondaSolving
internal import PubGrub
internal import PythonPackaging

/// What channels said, and how the two worlds hang together.
extension FactWords {
    /// A fact that links the worlds or says what the machine has, in words of its own; `nil` for what a package needs.
    ///
    /// The inner `nil` stands for a fact that goes without saying.
    func link(_ who: PackageKey, _ what: PackageKey, _ constraints: [PackageConstraint], _ allowed: CandidateSet) -> Clause?? {
        switch (who, what) {
        case (.root, .conda): .some(given(what))
        case (.project, .conda):
            switch constraints.first {
            case .without(let project): .some(content(what, of: project, allowed))
            // What stands for a conda package is named as that package.
            case .record: .some(nil)
            case .versions, .spec, .targetPython, nil: nil
            }
        // Both ways of a condition are told with the dependency that it belongs to.
        case (.conda, .conda) where names.condition(who) != nil: .some(nil)
        default: nil
        }
    }

    /// What nobody asked for and is there all the same: a property of the machine, or the Python that was tried.
    private func given(_ what: PackageKey) -> Clause? {
        guard let conda = scene.conda, let name = names.condaName(what) else { return nil }
        guard name.isVirtual else {
            let subject = VersionSetWords.Phrase(text: "this", isPlural: false)
            return Clause(subject: subject, predicate: "was tried with Python \(scene.series)", isOpen: false)
        }
        guard let version = scene.versions(of: what)?.texts.first else { return nil }
        let target = VersionSetWords.Phrase(text: "the target \(conda.target.subdir)", isPlural: false)
        return Clause(subject: target, predicate: "has \(name) \(version)", isOpen: false)
    }

    /// Records of a conda package that have a project.
    private func content(_ what: PackageKey, of project: PackageName, _ without: CandidateSet) -> Clause? {
        let having = without.complement
        let isAll = having.count == having.candidateCount
        let other = "so no other \(project) can be installed beside it"
        guard names.condaName(what)?.description != project.description else {
            let subject = isAll ? VersionSetWords.Phrase(text: sets.name(what), isPlural: false) : sets.phrase(what, having)
            return Clause(
                subject: subject, predicate: "\(subject.isPlural ? "are" : "is") the project \(project) itself, \(other)", isOpen: false)
        }
        let subject = sets.phrase(what, having)
        let versions = scene.contents(of: what, project)
        return Clause(
            subject: subject,
            predicate: (subject.isPlural ? "have" : "has") + " the project \(project)\(versions) in "
                + (subject.isPlural ? "them" : "it") + ", \(other)",
            isOpen: false)
    }

    /// A need that counts on a condition only, in a clause of its own.
    func condition(_ subject: VersionSetWords.Phrase, _ what: PackageKey) -> Clause {
        var predicate = "\(subject.isPlural ? "need" : "needs") \(sets.name(what))"
        if let condition = names.condition(what), let book = scene.conda?.book,
            book.candidates(matching: condition.spec, of: condition.package).candidates.isEmpty
        {
            predicate += condaImpossibility(
                .conda(condition.package), [.spec(condition.spec, demand: nil)], CandidateSet(noneOf: 0))
        }
        return Clause(subject: subject, predicate: predicate, isOpen: false)
    }

    // MARK: - Demands

    /// What a person asks of conda; `nil` for what is given.
    func condaDemand(
        _ what: PackageKey, _ constraints: [PackageConstraint], _ allowed: CandidateSet
    ) -> DemandWords.Item? {
        guard case .spec(let spec, let demand?)? = constraints.first else { return nil }
        let text = names.condition(what)?.text ?? scene.conda?.book.text(of: spec) ?? ""
        let name = names.condaName(what)?.description ?? sets.name(what)
        let isMarked = names.hasBothWorlds && demand.asker?.words.contains("@conda") != true
        let mark = isMarked ? "conda's " : ""
        // A dictionary's entry is quoted as it was written; in a headline the requirement itself is shorter.
        let plain = demand.spelled.contains("'") || demand.spelled.contains("\"") ? text : demand.spelled
        let wish = spec == .anything || text.count <= name.count ? "" : text.replacing(name, with: "", maxReplacements: 1)
        return DemandWords.Item(
            package: what, demand: demand, name: (isMarked || names.isShared(what) ? "conda's " : "") + name, wish: wish,
            limit: wish.isEmpty ? "any version" : wish.trimmedOfLeadingSpaces,
            plain: (isMarked || names.isShared(what) ? "conda's " : "") + plain,
            spelled: mark + demand.spelled, tail: condaImpossibility(what, constraints, allowed),
            isRelaxable: !wish.isEmpty && names.condition(what) == nil)
    }

    // MARK: - Wishes

    func condaWish(_ what: PackageKey, _ constraints: [PackageConstraint], _ allowed: CandidateSet) -> String {
        let texts = constraints.compactMap(\.spec).map { names.spec($0, on: what) }.unique
        if texts.count > Self.spellings, !allowed.candidates.isEmpty {
            return sets.phrase(what, allowed, conjunction: "or").text
        }
        return texts.isEmpty ? sets.name(what) : texts.listed("or")
    }

    /// Why nothing can fulfil a wish; empty where something can.
    func condaImpossibility(_ what: PackageKey, _ constraints: [PackageConstraint], _ allowed: CandidateSet) -> String {
        guard allowed.candidates.isEmpty, !allowed.allowsAbsence, let conda = scene.conda, let name = names.condaName(what)
        else { return "" }
        let specs = constraints.compactMap(\.spec).compactMap(conda.book.matchSpec)
        if let channel = conda.channelThatIsNotAsked(specs) {
            return ", but \(channel) is not among the channels (\(conda.channels.listed("and", limit: 8)))"
        }
        guard let newest = scene.versions(of: what)?.texts.first else {
            if name.isVirtual { return ", which the target \(conda.target.subdir) does not have" }
            if conda.isHidden(name) { return ", of which everything came later than you allow" }
            return ", which \(conda.lack(specs))"
        }
        if name.isVirtual { return ", but the target \(conda.target.subdir) has \(name) \(newest)" }
        if let builds = conda.builds(of: what, specs) {
            return ", but there is no such build (\(sets.name(what)) \(builds.version) has \(builds.texts.listed("and")))"
        }
        if !specs.isEmpty, specs.allSatisfy({ conda.isAboveAll($0, what) }) {
            return ", but the newest \(sets.name(what)) is \(newest)"
        }
        let isOfOtherKind = conda.hasVersion(of: what, specs)
        return ", but \(isOfOtherKind ? "no record is like that" : "there is no such version") (\(sets.inventory(of: what)))"
    }
}

extension PackageConstraint {
    /// The match spec, if it is one.
    var spec: CondaSpecID? {
        if case .spec(let spec, _) = self { spec } else { nil }
    }
}

extension String {
    fileprivate var trimmedOfLeadingSpaces: String { String(drop { $0 == " " }) }
}
