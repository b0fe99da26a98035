internal import CondaPackaging
internal import PubGrub
internal import PythonPackaging

/// Which candidates there are of a package of either world, and which of them a constraint allows.
struct JointView {
    let conda: JointBook
    let projects: [PackageName: KnownProject]
    let standIns: [PackageName: [StandIn]]
    /// Projects whose stand-ins come first.
    let condaFirst: Set<PackageName>

    func count(of name: PackageName) -> Int { ofIndex(name) + (standIns[name]?.count ?? 0) }

    private func ofIndex(_ name: PackageName) -> Int { projects[name]?.table.count ?? 0 }

    /// The place among the candidates of the index; `nil` for a stand-in.
    func indexPlace(_ candidate: Int, of name: PackageName) -> Int? {
        let place = candidate - (condaFirst.contains(name) ? standIns[name]?.count ?? 0 : 0)
        return (0..<ofIndex(name)).contains(place) ? place : nil
    }

    func standIn(_ candidate: Int, of name: PackageName) -> StandIn? {
        let place = candidate - (condaFirst.contains(name) ? 0 : ofIndex(name))
        guard let all = standIns[name], all.indices.contains(place) else { return nil }
        return all[place]
    }

    func allowed(_ key: JointKey, _ constraint: JointConstraint) -> CandidateSet {
        switch key {
        case .root: return CandidateSet(allOf: 1)
        case .conda(let name):
            switch constraint {
            case .spec(let spec): return conda.allowed(by: spec, of: name)
            case .exactly(let url):
                let all = conda.candidates(of: name)
                return CandidateSet(all.indices.filter { all[$0].url == url }, of: conda.count(of: name))
            case .versions, .standIn: return CandidateSet(noneOf: conda.count(of: name))
            }
        case .pypi(let key):
            guard let name = key.project else { return CandidateSet(allOf: 1) }
            let count = count(of: name)
            return CandidateSet((0..<count).filter { isAllowed($0, of: name, constraint) }, of: count)
        }
    }

    private func isAllowed(_ candidate: Int, of name: PackageName, _ constraint: JointConstraint) -> Bool {
        if let standIn = standIn(candidate, of: name) {
            switch constraint {
            case .versions(let wanted): return wanted.reference == nil && wanted.specifiers.contains(standIn.version)
            case .standIn(let url): return standIn.url == url
            case .spec, .exactly: return false
            }
        }
        guard case .versions(let wanted) = constraint, let place = indexPlace(candidate, of: name) else { return false }
        return projects[name]?.table.candidates(matching: wanted).contains(place) ?? false
    }
}
