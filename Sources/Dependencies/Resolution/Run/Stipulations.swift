internal import Digests
internal import PubGrub
internal import PythonPackaging

/// What a person laid down for a resolution, read for one target.
struct Stipulations: Sendable {
    /// What is asked for, with overrides in the place of what they override.
    let demands: [Want]
    /// Packages whose requirements are replaced, whoever has them.
    let overridden: Set<PackageName>
    /// Where packages come from that do not come from an index.
    private(set) var references: [PackageName: [DirectReference]] = [:]
    private let constraints: [PackageName: [Want]]
    private let overrides: [PackageName: [Want]]
    private let pins: [PackageName: Set<Version>]
    private let hashes: [PackageName: Set<SHA256Digest>]
    private let preferences: [PackageName: [Version]]
    /// Packages whose pre-releases the person named.
    private let prereleaseNames: Set<PackageName>
    private let askedFor: Set<PackageName>
    private let options: ResolutionOptions

    /// - Parameter preferences: versions that are taken where they will do, the dearest first.
    init(
        _ request: ResolutionRequest, preferences: [PackageName: [Version]], target: PythonTarget,
        options: ResolutionOptions
    ) {
        let facts = target.markerEnvironment
        let counting = { (roots: [RootRequirement]) in roots.filter { $0.requirement.applies(in: facts) } }
        overridden = Set(request.overrides.map(\.requirement.name))
        overrides = Dictionary(
            grouping: counting(request.overrides).map { Want($0, as: .override) }, by: \.requirement.name)
        constraints = Dictionary(
            grouping: counting(request.constraints).map { Want($0, as: .constraint) }, by: \.requirement.name)
        demands = Self.demands(request.requirements, overridden, overrides, counting)
        self.preferences = preferences
        self.options = options
        let roots = counting(request.requirements + request.constraints + request.overrides)
        pins = Self.pins(in: roots, preferences)
        hashes = Self.hashes(in: roots)
        prereleaseNames = Set(
            roots.filter { $0.requirement.specifiers.mentionsPrerelease }.map(\.requirement.name))
        askedFor = Set(demands.map(\.requirement.name))
        for want in demands + constraints.values.joined() + overrides.values.joined() {
            if let reference = want.reference { add(reference, for: want.requirement.name) }
        }
        for name in references.keys { references[name]?.sort(by: Self.isOrdered) }
    }

    // An override also stands in the place of requirements for other targets: it has markers of its own (as in uv).
    private static func demands(
        _ requirements: [RootRequirement], _ overridden: Set<PackageName>, _ overrides: [PackageName: [Want]],
        _ counting: ([RootRequirement]) -> [RootRequirement]
    ) -> [Want] {
        var replaced: Set<PackageName> = []
        return requirements.flatMap { root -> [Want] in
            let name = root.requirement.name
            guard overridden.contains(name) else { return counting([root]).map { Want($0, as: .requirement) } }
            return replaced.insert(name).inserted ? overrides[name] ?? [] : []
        }
    }

    /// The versions that are named so exactly that a yanked one will do.
    private static func pins(
        in roots: [RootRequirement], _ preferences: [PackageName: [Version]]
    ) -> [PackageName: Set<Version>] {
        var pins = preferences.mapValues { Set($0) }
        for root in roots {
            for specifier in root.requirement.specifiers.specifiers where !specifier.isPrefix {
                guard specifier.operator == .equal || specifier.operator == .identical,
                    let version = specifier.version
                else { continue }
                pins[root.requirement.name, default: []].insert(version)
            }
        }
        return pins
    }

    private static func hashes(in roots: [RootRequirement]) -> [PackageName: Set<SHA256Digest>] {
        var hashes: [PackageName: Set<SHA256Digest>] = [:]
        for root in roots where !root.hashes.isEmpty {
            hashes[root.requirement.name, default: []].formUnion(root.hashes)
        }
        return hashes
    }

    // MARK: - Direct references

    /// Notes where a package comes from.
    mutating func add(_ reference: DirectReference, for name: PackageName) {
        guard !knows(reference, for: name) else { return }
        references[name, default: []].append(reference)
    }

    func knows(_ reference: DirectReference, for name: PackageName) -> Bool {
        let identity = ReferenceIdentity(reference)
        return references[name]?.contains { ReferenceIdentity($0) == identity } ?? false
    }

    private static func isOrdered(_ left: DirectReference, _ right: DirectReference) -> Bool {
        let texts = (ReferenceIdentity(left).description, ReferenceIdentity(right).description)
        return texts.0.utf8.lexicographicallyPrecedes(texts.1.utf8)
    }

    // MARK: - About one package

    /// What limits a package wherever it is brought in.
    func restrictions(on name: PackageName) -> [VersionConstraint] { constraints[name]?.map(\.constraint) ?? [] }

    /// In which order the versions of a package are tried.
    func policy(for name: PackageName) -> CandidateTable.Policy {
        let lowestFirst =
            switch options.strategy {
            case .highest: false
            case .lowest: true
            case .lowestDirect: askedFor.contains(name)
            }
        return CandidateTable.Policy(
            preferred: preferences[name] ?? [], mixesPrereleases: options.prereleases == .allow,
            lowestFirst: lowestFirst)
    }

    func refusesPrereleases(of name: PackageName) -> Bool {
        switch options.prereleases {
        case .never: true
        case .explicit: !prereleaseNames.contains(name)
        case .ifNecessary, .ifNecessaryOrExplicit, .allow: false
        }
    }

    func allowsYanked(_ version: Version, of name: PackageName) -> Bool { pins[name]?.contains(version) ?? false }

    /// The only hashes that will do; `nil` where none was named.
    func hashes(of name: PackageName) -> Set<SHA256Digest>? { hashes[name] }

    /// What is in force of what a package asks for: each override once, the rest as it is.
    func wants(_ requirements: [Requirement]) -> [Want] {
        guard !overridden.isEmpty else { return requirements.map(Want.init) }
        var replaced: Set<PackageName> = []
        return requirements.flatMap { requirement -> [Want] in
            guard overridden.contains(requirement.name) else { return [Want(requirement)] }
            return replaced.insert(requirement.name).inserted ? overrides[requirement.name] ?? [] : []
        }
    }
}
