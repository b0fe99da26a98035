internal import CondaSolving
internal import PubGrub
internal import PythonPackaging

/// What the solver asks about conda packages, and about projects that are in them.
extension ResolutionRun {
    mutating func answer(candidatesOf package: CondaPackageID) -> Obstacle? {
        do throws(CondaBookError) {
            switch try conda?.candidateCount(of: package) {
            case .count(let count):
                // Whether a condition is met follows from what is chosen, and is no reason to choose something else.
                let isCondition = if case .branch? = conda?.book.kind(of: package) { true } else { false }
                solver.provide(candidateCount: count, of: .conda(package), isLast: isCondition)
            case .following(let base): solver.provide(.conda(package), following: .conda(base))
            case .unknown(let names):
                for name in names {
                    if let obstacle = block(on: .records(name)) { return obstacle }
                }
            case nil: break
            }
            return nil
        } catch {
            return .error(error)
        }
    }

    mutating func answer(_ package: CondaPackageID, _ candidate: Int) -> Obstacle? {
        do throws(CondaBookError) {
            switch try conda?.demands(of: package, candidate) {
            case .demands(let demands):
                solver.provide(demands.map { $0.dependency(of: nil) }, of: .conda(package), candidate: candidate)
            case .unusable(let reason):
                // A group of further dependencies has the candidates of its package.
                let count = solver.openCandidates(of: .conda(package))?.candidateCount ?? candidate + 1
                solver.provide(
                    unusable: CandidateSet([candidate], of: count), of: .conda(package), candidate: candidate,
                    because: .conda(reason))
            case nil: break
            }
            return nil
        } catch {
            return .error(error)
        }
    }

    // MARK: - Projects in conda packages

    /// Waits for the records that tell what conda packages have of a project.
    mutating func block(onRecordsOf project: PackageName) -> Obstacle? {
        do throws(CondaBookError) {
            for name in try conda?.missingRecords(of: project) ?? [] {
                if let obstacle = block(on: .records(name)) { return obstacle }
            }
            _ = try conda?.standIns(of: project)
            return nil
        } catch {
            return .error(error)
        }
    }

    /// Asks for the same records where they are only likely to be needed.
    mutating func askForRecords(of project: PackageName) {
        for name in (try? conda?.missingRecords(of: project)) ?? [] { queue.add(.records(name), isUrgent: false) }
    }

    /// Answers what a stand-in asks for: its record, and for an extra what the project's metadata in the record says. What the
    /// metadata asks for without an extra is the conda package's affair.
    mutating func answer(_ key: PackageKey, _ project: PackageName, _ candidate: Int, _ standIn: StandIn) -> Obstacle? {
        guard let extra = key.extra else {
            let record = ProjectDependency(.conda(standIn.package), .record(standIn.record))
            solver.provide([record], of: key, candidate: candidate)
            return nil
        }
        let fetch = Fetch.standIn(project, standIn.package, record: standIn.record)
        switch conda?.metadata(for: fetch) {
        case .success(let metadata):
            return provide(book.wants(metadata, extra: extra), of: key, project, candidate)
        case .failure(let problem):
            tell(key, candidate, cannotBeUsed: .badMetadata(problem.reason))
            return nil
        case nil: break
        }
        switch conda?.look(for: project, in: standIn) {
        case .unknown, nil: return block(on: .provided(standIn.package, record: standIn.record))
        case .found: return block(on: fetch)
        case .saidOnly:
            solver.provide([], of: key, candidate: candidate)
            return nil
        case .wrong: return .correction
        }
    }

    // MARK: - Looking into what was chosen

    /// What was chosen, once every chosen record was looked into and has what it was taken to have.
    mutating func verified(_ chosen: [PackageKey: Int]) -> Progress {
        guard let conda else { return .solved(chosen) }
        for (key, record) in chosen {
            guard case .conda(let package) = key, case .package = conda.book.kind(of: package),
                conda.needsLook(record, in: package)
            else { continue }
            if case .error(let error)? = block(on: .provided(package, record: record)) { return .broken(error) }
        }
        guard blocking.isEmpty else { return .waiting }
        return isTrue(chosen, conda) ? .solved(chosen) : .corrected
    }

    /// A failure, once the guesses that it rests on were tried at a record of each package.
    mutating func confirmed(_ proof: ConflictScene.Proof) -> Progress {
        guard let conda else { return .failed(proof) }
        var isMistaken = false
        for package in proof.guessedPackages {
            let open = solver.openCandidates(of: .conda(package))
            let record = open?.best ?? 0
            guard conda.book.candidate(record, of: package) != nil else { continue }
            let fetch = Fetch.provided(package, record: record)
            // A look that fails leaves the failure as it is.
            if conda.needsLook(record, in: package), failure(of: fetch) == nil { _ = block(on: fetch) }
            if conda.isMistaken(record, in: package) { isMistaken = true }
        }
        guard blocking.isEmpty else { return .waiting }
        return isMistaken ? .corrected : .failed(proof)
    }

    /// Whether no project is there twice, and everything is in the records that stand for it.
    private func isTrue(_ chosen: [PackageKey: Int], _ conda: CondaHalf) -> Bool {
        chosen.allSatisfy { key, candidate in
            switch key {
            case .conda(let package):
                guard case .package = conda.book.kind(of: package) else { return true }
                return conda.latestItems(of: candidate, in: package).allSatisfy { item in
                    guard let other = chosen[.project(item.name)] else { return true }
                    return book.projects[item.name]?.table.standIn(of: other) != nil
                }
            case .project(let name):
                guard let standIn = book.projects[name]?.table.standIn(of: candidate) else { return true }
                return conda.latestItems(of: standIn.record, in: standIn.package)
                    .contains(ProvidedBook.Item(name: name, version: standIn.version))
            case .root, .extra: return true
            }
        }
    }
}

extension ConflictScene.Proof {
    /// The conda packages whose projects it speaks of.
    fileprivate var guessedPackages: Set<CondaPackageID> {
        var found: Set<CondaPackageID> = []
        func add(_ origin: Origin) {
            switch origin {
            case .dependency(_, _, on: .conda(let package), let constraints, _):
                let speaks = constraints.contains { constraint in
                    switch constraint {
                    case .without, .record: true
                    case .versions, .spec, .targetPython: false
                    }
                }
                if speaks { found.insert(package) }
            case .together(let nodes): for node in nodes { add(node.origin) }
            case .root, .dependency, .unusable, .lockstep, .derived: break
            }
        }
        for node in nodes { add(node.origin) }
        return found
    }
}
