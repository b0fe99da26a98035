import CondaPackaging
public import PythonPackaging

/// Who needs whom among the packages of a lock.
///
/// Packages are named by their position in `packages` or, behind those, in `condaPackages`, since a lock for several targets may
/// have more than one entry for a name.
public struct LockGraph: Sendable {
    /// A package that is needed, or one that needs.
    public struct Need: Sendable, Hashable {
        public let package: Int
        /// What is asked for, where the lock knows it: `water>=1`.
        public let requirement: Requirement?
        /// The match spec, where a conda package is needed by what is of conda, too.
        public let spec: String?

        init(package: Int, requirement: Requirement?, spec: String? = nil) {
            self.package = package
            self.requirement = requirement
            self.spec = spec
        }
    }

    public let packages: [LockedPackage]
    public let condaPackages: [LockedCondaPackage]
    /// What each package needs, in the order of names.
    public let needs: [[Need]]
    /// Who needs each package, in the order of names.
    public let neededBy: [[Need]]
    /// What was asked for itself. Of a lock that does not say so, the packages that no other one needs.
    public let roots: [Need]

    /// - Parameter target: only what is installed there counts; all entries where no target is given.
    public init(_ lock: PyLock, on target: PythonTarget? = nil) {
        let packages = lock.packages.filter { package in
            guard let target, let marker = package.marker else { return true }
            return marker.evaluate(in: target.markerEnvironment)
        }
        self.packages = packages
        let positions = Dictionary(grouping: packages.indices, by: { packages[$0].name })
        let installed = (lock.conda?.packages ?? []).filter { package in
            guard let target, !package.targets.isEmpty else { return true }
            return package.targets.contains { $0.covers(LockTarget(target)) }
        }
        condaPackages = installed
        let conda = CondaNeeds(installed, from: packages.count)
        let needs = packages.map { Self.needs(of: $0, among: packages, positions, conda) } + conda.needs
        self.needs = needs
        var neededBy: [[Need]] = needs.map { _ in [] }
        for package in needs.indices {
            for need in needs[package] {
                neededBy[need.package].append(Need(package: package, requirement: need.requirement, spec: need.spec))
            }
        }
        self.neededBy = neededBy
        let asked = Self.asked(by: lock.origin, on: target, positions, conda)
            + (lock.origin?.conda?.requirements ?? []).flatMap { conda.needs($0.text) }
        roots = asked.isEmpty ? Self.beginnings(needs, neededBy) : asked
    }

    /// The entries for a name, of conda packages, too. Of their names, too, the normal form counts.
    public func positions(of name: PackageName) -> [Int] { positions(named: name.description) }

    /// The entries for a name of either world: `numpy`, `ruamel.yaml`, `_libgcc_mutex`.
    public func positions(named text: String) -> [Int] {
        let project = try? PackageName(parsing: text)
        let package = try? CondaName(parsing: text)
        let conda = condaPackages.indices.filter { position in
            let name = condaPackages[position].record.name
            return name == package || project != nil && (try? PackageName(parsing: name.description)) == project
        }
        return packages.indices.filter { packages[$0].name == project } + conda.map { $0 + packages.count }
    }

    private static func needs(
        of package: LockedPackage, among packages: [LockedPackage], _ positions: [PackageName: [Int]], _ conda: CondaNeeds
    ) -> [Need] {
        let known = package.requirements
        return package.dependencies.flatMap { dependency in
            (positions[dependency.name] ?? []).filter { position in
                dependency.version == nil || packages[position].version == dependency.version
            }.map { Need(package: $0, requirement: known[dependency.name]) }
                + conda.providing(dependency.name).map { Need(package: $0, requirement: known[dependency.name]) }
        }
    }

    private static func asked(
        by origin: LockOrigin?, on target: PythonTarget?, _ positions: [PackageName: [Int]], _ conda: CondaNeeds
    ) -> [Need] {
        let requirements = (origin?.requirements ?? []).compactMap { try? Requirement(parsing: $0.text) }.filter {
            target.map($0.applies) ?? true
        }
        return requirements.sorted { $0.name < $1.name }.flatMap { requirement in
            ((positions[requirement.name] ?? []) + conda.providing(requirement.name)).map { Need(package: $0, requirement: requirement) }
        }
    }

    /// Packages from which all others are reached: those that nobody needs, and one of each circle.
    private static func beginnings(_ needs: [[Need]], _ neededBy: [[Need]]) -> [Need] {
        var reached: Set<Int> = []
        var roots: [Int] = []
        for start in needs.indices.filter({ neededBy[$0].isEmpty }) + Array(needs.indices) where !reached.contains(start) {
            roots.append(start)
            var open = [start]
            while let package = open.popLast() {
                guard reached.insert(package).inserted else { continue }
                open += needs[package].map(\.package)
            }
        }
        return roots.sorted().map { Need(package: $0, requirement: nil) }
    }
}

extension Requirement {
    fileprivate func applies(on target: PythonTarget) -> Bool { applies(in: target.markerEnvironment) }
}

extension LockedPackage {
    /// The requirements of its metadata, where the lock has noted them.
    fileprivate var requirements: [PackageName: Requirement] {
        guard case .table(let own)? = tool["penstock"], case .array(let texts)? = own["requires"] else { return [:] }
        var known: [PackageName: Requirement] = [:]
        for case .string(let text) in texts {
            if let requirement = try? Requirement(parsing: text) { known[requirement.name] = requirement }
        }
        return known
    }
}
