internal import PubGrub
internal import PythonPackaging

/// What the walk ahead of the solver has asked of each project so far.
///
/// The solver needs a page or a metadata file only when everything before it is decided. Walking from requirement to
/// requirement without deciding anything, always to the version that a project would most likely get, finds nearly all
/// of them earlier. A wrong guess costs a request and changes no answer.
struct Lookahead: Sendable {
    struct Wish: Sendable {
        let project: PackageName
        let extra: ExtraName?
        let specifiers: SpecifierSet
    }

    private struct Demand: Sendable {
        var specifiers: [SpecifierSet] = []
        var extras: Set<ExtraName> = []
        var likely: CandidateSet?
        /// How many of `specifiers` are in `likely`.
        var applied = 0
    }

    private struct Visit: Hashable {
        let project: PackageName
        let candidate: Int
        let extra: ExtraName?
    }

    private var demands: [PackageName: Demand] = [:]
    private var visits: Set<Visit> = []

    /// Takes a wish down; false if it says nothing new about its project.
    ///
    /// - Parameter restrictions: what limits the project anyway.
    mutating func note(_ wish: Wish, restrictions: Stipulations) -> Bool {
        let isNewProject = demands[wish.project] == nil
        var demand =
            demands[wish.project]
            ?? Demand(specifiers: restrictions.restrictions(on: wish.project).map(\.specifiers))
        defer { demands[wish.project] = demand }
        let isNewExtra = wish.extra.map { demand.extras.insert($0).inserted } ?? false
        let isRestriction = !wish.specifiers.isEmpty
        if isRestriction { demand.specifiers.append(wish.specifiers) }
        return isNewProject || isNewExtra || isRestriction
    }

    /// The candidates that fulfil what was wished so far, best first; a wish that leaves none is passed over.
    mutating func likelyCandidates(of project: PackageName, in table: CandidateTable) -> CandidateSet {
        var demand = demands[project] ?? Demand()
        var likely = demand.likely ?? CandidateSet(allOf: table.count)
        for specifiers in demand.specifiers[demand.applied...] {
            let narrowed = likely.intersection(table.candidates(matching: specifiers))
            if !narrowed.isEmpty { likely = narrowed }
        }
        demand.applied = demand.specifiers.count
        demand.likely = likely
        demands[project] = demand
        return likely
    }

    /// What a candidate asks for on behalf of its project and of the extras wished for, as far as not walked yet.
    mutating func wishes(of project: PackageName, candidate: Int, _ book: ProjectBook) -> [Wish] {
        guard case .success? = book.projects[project]?.metadata(of: candidate) else { return [] }
        var result: [Wish] = []
        let extras = demands[project]?.extras.sorted() ?? []
        for extra in [nil] + extras.map(Optional.some) {
            let visit = Visit(project: project, candidate: candidate, extra: extra)
            guard visits.insert(visit).inserted else { continue }
            for want in book.wants(of: candidate, project, extra: extra)
            where !want.requirement.isURL || book.isDirect(want.requirement.name) {
                result += Self.wishes(for: want)
            }
        }
        return result
    }

    static func wishes(for want: Want) -> [Wish] {
        let requirement = want.requirement
        let extras = requirement.extras.isEmpty ? [nil] : requirement.extras.map(Optional.some)
        return extras.map { Wish(project: requirement.name, extra: $0, specifiers: requirement.specifiers) }
    }
}
