internal import Lockfiles
internal import PythonPackaging

/// Puts together what several targets install.
struct LockMerge {
    /// One target, and its packages.
    struct Part {
        let target: PythonTarget
        let packages: [LockedPackage]
    }

    private let answers: [Part]
    private let paths: LockPaths
    /// The facts of all targets, each once, and the place there of each answer's.
    private let facts: [TargetFacts]
    private let kinds: [Int]
    private var markers: MarkerChooser
    private var entries: [MergedEntry.Key: MergedEntry] = [:]

    init(_ answers: [Part], paths: LockPaths) {
        let answers = answers.sorted { LockTarget($0.target) < LockTarget($1.target) }
        let own = answers.map { TargetFacts($0.target) }
        let facts = Set(own).sorted { $0.marker < $1.marker }
        self.answers = answers
        self.paths = paths
        self.facts = facts
        kinds = own.map { facts.firstIndex(of: $0) ?? 0 }
        markers = MarkerChooser(facts)
        for (answer, content) in answers.enumerated() {
            for package in content.packages {
                let key = MergedEntry.Key(package)
                entries[key, default: MergedEntry(key)].add(package, of: answer)
            }
        }
    }

    /// The entries of the lock.
    mutating func packages() throws(TargetLockError) -> [LockedPackage] {
        let byName = Dictionary(grouping: entries.values, by: \.key.name)
        let conflicts = byName.keys.sorted().compactMap { conflict(among: byName[$0] ?? []) }
        // Different versions are what led to packages that only one of the targets has.
        if let conflict = conflicts.first(where: \.isAboutVersions) ?? conflicts.first { throw conflict }
        var packages: [LockedPackage] = []
        for entry in entries.values {
            packages.append(
                LockedPackage(
                    name: entry.key.name, version: entry.key.version,
                    marker: markers.marker(for: Set(entry.answers.map { kinds[$0] })),
                    requiresPython: requiresPython(of: entry), dependencies: dependencies(of: entry, byName),
                    source: paths.located(entry.source), index: entry.key.index.flatMap(index),
                    tool: entry.tool))
        }
        return packages
    }

    /// An index in a folder of this machine is none for others.
    private func index(_ address: String) -> String? {
        address.hasPrefix("file:") || address.hasPrefix("/") ? nil : address
    }

    // MARK: - What can be told apart

    /// Targets with the same facts that got different entries of a package, if there are any.
    private func conflict(among entries: [MergedEntry]) -> TargetLockError? {
        guard facts.count < answers.count else { return nil }
        for (second, kind) in kinds.enumerated() {
            guard let first = kinds.firstIndex(of: kind), first != second else { continue }
            let chosen = (
                entries.first { $0.answers.contains(first) }, entries.first { $0.answers.contains(second) }
            )
            guard chosen.0?.key != chosen.1?.key, let entry = chosen.0 ?? chosen.1 else { continue }
            return .indistinguishable(
                package: entry.key.name, first: choice(chosen.0, first), second: choice(chosen.1, second),
                difference: .init(answers[first].target, answers[second].target))
        }
        return nil
    }

    private func choice(_ entry: MergedEntry?, _ answer: Int) -> TargetLockError.TargetChoice {
        .init(target: LockTarget(answers[answer].target).words, choice: entry?.words)
    }

    // MARK: - What an entry says

    /// As the metadata has it, if all targets of the entry are of that kind: the resolution does not look at upper bounds,
    /// but who installs a lock has to (PEP 751).
    private func requiresPython(of entry: MergedEntry) -> String? {
        guard entry.requiresPython.count == 1, case let text?? = entry.requiresPython.first,
            let specifiers = try? SpecifierSet(parsing: text),
            entry.answers.allSatisfy({ specifiers.contains(answers[$0].target.pythonVersion) })
        else { return nil }
        return text
    }

    /// By name; where several entries have that name, with what tells apart those that are meant.
    private func dependencies(of entry: MergedEntry, _ byName: [PackageName: [MergedEntry]]) -> [LockedDependency] {
        var dependencies: [LockedDependency] = []
        for (name, answers) in entry.dependencies {
            let entries = byName[name] ?? []
            for meant in entries where !meant.answers.isDisjoint(with: answers) {
                dependencies.append(meant.dependency(among: entries))
            }
        }
        return dependencies
    }
}
