internal import CondaPackaging
internal import PubGrub
internal import PythonPackaging

/// One solve over both worlds as a value: it is told what was fetched, and says what to fetch next and how it ends.
///
/// The candidates of a project are its versions on the index and a stand-in for each conda package that has it. A stand-in needs
/// exactly its conda package, and a conda package that has a project allows no other candidate of it: so a project is never there
/// twice.
struct JointRun {
    enum Need: Hashable {
        case conda(CondaName)
        case page(PackageName)
        case metadata(PackageName, candidate: Int)
    }

    enum Step {
        case needs(Set<Need>)
        case solved(packages: [ResolvedPackage], warnings: [String], conda: [JointCandidate])
        case failed([String])
        /// A dependency that comes from a URL.
        case unsupported(String)
    }

    var conda: JointBook
    private(set) var projects: ProjectBook
    private let provided: ProvidedBook
    private var solver: JointDependencySolver
    private let request: JointRequest
    private let askedOfConda: Set<CondaName>
    private var standIns: [PackageName: [StandIn]] = [:]

    init(_ request: JointRequest, conda: JointBook, provided: ProvidedBook, stipulations: Stipulations, target: PythonTarget, files: FileChoice) {
        self.request = request
        self.conda = conda
        self.provided = provided
        projects = ProjectBook(stipulations, target: target, files: files)
        askedOfConda = Set(request.conda.compactMap { $0.spec.name.exactName })
        let asked = request.conda.compactMap { item in
            item.spec.name.exactName.map { Dependency(JointKey.conda($0), JointConstraint.spec(item.spec)) }
        }
        solver = JointDependencySolver(
            root: .root, requirements: asked + stipulations.demands.flatMap(\.dependencies).map(Self.joint))
    }

    private static func joint(_ dependency: ProjectDependency) -> Dependency<JointKey, JointConstraint> {
        let versions = dependency.constraint.versions ?? VersionConstraint(.any)
        return Dependency(.pypi(dependency.package), .versions(versions), isRequired: dependency.isRequired)
    }

    mutating func learn(_ listing: (any VersionListing)?, of name: PackageName) { projects.learn(listing, of: name) }

    mutating func learn(_ metadata: Result<ParsedMetadata, UnusableMetadata>, of name: PackageName, _ candidate: Int) {
        projects.learn(metadata, of: name, candidate)
    }

    /// The file whose metadata is wanted.
    func file(of name: PackageName, _ candidate: Int) -> IndexFile? { projects.projects[name]?.file(of: candidate)?.file }

    mutating func advance() -> Step {
        while true {
            let view = view
            switch solver.advance(matching: { view.allowed($0, $1) }) {
            case .unfinished: continue
            case .failed(let derivation): return .failed(JointConflictWords(view, derivation, request).sentences)
            case .solved(let chosen): return solved(chosen)
            case .needs(let needs):
                var missing: Set<Need> = []
                for need in needs {
                    switch answer(need) {
                    case .missing(let need): missing.insert(need)
                    case .unsupported(let text): return .unsupported(text)
                    case nil: break
                    }
                }
                if !missing.isEmpty { return .needs(missing) }
            }
        }
    }

    private var view: JointView { JointView(conda: conda, projects: projects.projects, standIns: standIns, condaFirst: condaFirst) }

    /// Projects whose stand-ins come before the versions of the index.
    private var condaFirst: Set<PackageName> {
        Set(standIns.keys.filter { name in
            if let said = request.preferences[name] ?? request.prefersConda { return said }
            return standIns[name]?.contains { askedOfConda.contains($0.conda) } ?? false
        })
    }

    private enum Answer {
        case missing(Need)
        case unsupported(String)
    }

    private mutating func answer(_ need: JointDependencySolver.Need) -> Answer? {
        switch need {
        case .candidates(of: .root), .dependencies(of: .root, _), .candidates(of: .pypi(.root)), .dependencies(of: .pypi(.root), _): return nil
        case .candidates(of: .conda(let name)):
            guard conda.knows(name) else { return .missing(.conda(name)) }
            solver.provide(candidateCount: conda.count(of: name), of: .conda(name))
            return nil
        case .dependencies(of: .conda(let name), let candidate):
            tell(name, candidate)
            return nil
        case .candidates(of: .pypi(let key)):
            guard let name = key.project else { return nil }
            guard key.extra == nil else {
                solver.provide(.pypi(key), following: .pypi(.project(name)))
                return nil
            }
            return answer(candidatesOf: name)
        case .dependencies(of: .pypi(let key), let candidate):
            guard let name = key.project else { return nil }
            return answer(key, of: name, candidate)
        }
    }

    private mutating func answer(candidatesOf name: PackageName) -> Answer? {
        if projects.stipulations.references[name] != nil {
            return .unsupported("'\(name)' comes from a URL or folder, which is not solved together with conda packages")
        }
        for conda in provided.condaNames(of: name) where !self.conda.knows(conda) { return .missing(.conda(conda)) }
        guard projects.projects[name] != nil || projects.missing.contains(name) else { return .missing(.page(name)) }
        standIns[name] = provided.standIns(of: name, in: conda)
        solver.provide(
            candidateCount: view.count(of: name), of: .pypi(.project(name)),
            within: projects.stipulations.restrictions(on: name).map(JointConstraint.versions))
        return nil
    }

    private mutating func answer(_ key: PackageKey, of name: PackageName, _ candidate: Int) -> Answer? {
        guard let place = view.indexPlace(candidate, of: name) else {
            if let standIn = view.standIn(candidate, of: name), key.extra == nil {
                solver.provide([Dependency(.conda(standIn.conda), .exactly(standIn.url))], of: .pypi(key), candidate: candidate)
            } else {
                solver.provide([], of: .pypi(key), candidate: candidate)
            }
            return nil
        }
        if case .unusable(let reason)? = projects.choice(of: place, name) {
            tell(key, name, candidate, cannotBeUsed: reason)
            return nil
        }
        switch projects.projects[name]?.metadata(of: place) {
        case nil: return .missing(.metadata(name, candidate: place))
        case .failure(let problem): tell(key, name, candidate, cannotBeUsed: .badMetadata(problem.reason))
        case .success(let requirements):
            if let required = requirements.requiresPython, !projects.acceptsPython(required) {
                tell(key, name, candidate, cannotBeUsed: .python(required: required))
                return nil
            }
            let wants = projects.wants(of: place, name, extra: key.extra)
            if let url = wants.first(where: \.requirement.isURL) {
                tell(key, name, candidate, cannotBeUsed: .urlDependency(url.requirement.spelledName))
                return nil
            }
            solver.provide(wants.flatMap(\.dependencies).map(Self.joint), of: .pypi(key), candidate: candidate)
        }
        return nil
    }

    private mutating func tell(_ key: PackageKey, _ name: PackageName, _ candidate: Int, cannotBeUsed reason: Unusable) {
        solver.provide(
            unusable: CandidateSet([candidate], of: view.count(of: name)), of: .pypi(key), candidate: candidate, because: .pypi(reason))
    }

    private mutating func tell(_ name: CondaName, _ candidate: Int) {
        let count = conda.count(of: name)
        let found: [(spec: MatchSpec, isRequired: Bool)]
        do throws(MatchSpecError) {
            found = try conda.dependencies(of: name, candidate)
        } catch {
            return solver.provide(
                unusable: CandidateSet([candidate], of: count), of: .conda(name), candidate: candidate, because: .conda(error.description))
        }
        if let odd = found.first(where: { $0.spec.name.exactName == nil || !$0.spec.isPlain && $0.spec.details.condition != nil }) {
            let reason = "it depends on \(odd.spec), which is of a kind that is not solved for"
            return solver.provide(
                unusable: CandidateSet([candidate], of: count), of: .conda(name), candidate: candidate, because: .conda(reason))
        }
        var dependencies = found.compactMap { item in
            item.spec.name.exactName.map { Dependency(JointKey.conda($0), JointConstraint.spec(item.spec), isRequired: item.isRequired) }
        }
        if !name.isVirtual {
            let package = conda.candidates(of: name)[candidate]
            for project in provided.projects(of: package) {
                dependencies.append(Dependency(.pypi(.project(project.name)), .standIn(package.url), isRequired: false))
            }
        }
        solver.provide(dependencies, of: .conda(name), candidate: candidate)
    }

    private func solved(_ chosen: [JointKey: Int]) -> Step {
        let view = view
        var ofIndex: [PackageKey: Int] = [:]
        var packages: [JointCandidate] = []
        for (key, candidate) in chosen {
            switch key {
            case .root: break
            case .conda(let name): if !name.isVirtual { packages.append(conda.candidates(of: name)[candidate]) }
            case .pypi(let key):
                guard let name = key.project, let place = view.indexPlace(candidate, of: name) else { continue }
                ofIndex[key] = place
            }
        }
        let selection = Selection(chosen: ofIndex, book: projects)
        return .solved(
            packages: selection.packages, warnings: selection.warnings, conda: packages.sorted { $0.record.name < $1.record.name })
    }
}
