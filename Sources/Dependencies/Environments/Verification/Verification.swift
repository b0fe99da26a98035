import Archives
import Diagnostics
import Digests
import PackageSources
import PythonPackaging
import SystemPackage

/// One verification: wheels first, then the environments that are linked from them.
struct Verification {
    let store: EnvironmentStore
    let mends: Bool
    private(set) var report = VerificationReport()
    /// Mends environments of conda packages.
    var mending: CondaMending?
    /// Who else may be linked from a wheel that turns out to be damaged.
    private let others: (Set<SHA256Digest>) async -> [Subject]
    private var hashes = FileHashes()
    private var broken: Set<SHA256Digest> = []
    /// Compiled modules that are damaged, or were before they were removed, by their packages.
    private var spoiled: [FileIdentity: String] = [:]

    init(
        _ store: EnvironmentStore, mends: Bool, others: @escaping (Set<SHA256Digest>) async -> [Subject]
    ) {
        self.store = store
        self.mends = mends
        self.others = others
    }

    private var wheels: WheelCache { WheelCache(cache: store.cache, progress: store.progress) }

    /// - Parameter idle: wheels in the cache that none of the subjects is linked from, to be looked at too.
    mutating func run(_ subjects: [Subject], idle: [SHA256Digest] = []) async throws(EnvironmentError) {
        // Nothing is pruned meanwhile.
        let use = try await store.useOfCache()
        defer { use?.release() }
        var damaged: Set<SHA256Digest> = []
        var seen: Set<SHA256Digest> = []
        for subject in subjects {
            for order in subject.orders where seen.insert(order.sha256).inserted {
                if try await !verify(order, of: subject) { damaged.insert(order.sha256) }
                if try await !verifyCompiled(order.sha256, named: order.project) { damaged.insert(order.sha256) }
            }
        }
        for sha256 in idle where seen.insert(sha256).inserted {
            try await verifyIdle(sha256)
            _ = try await verifyCompiled(sha256, named: nil)
        }
        var subjects = subjects
        if !damaged.isEmpty {
            // What was hashed may be gone, and its inode be another file's.
            hashes = FileHashes()
            let places = Set(subjects.map(\.place))
            subjects += await others(damaged).filter { !places.contains($0.place) }
        }
        for subject in subjects { try await verify(subject) }
        report.damages.sort { $0.path.string < $1.path.string }
    }
}

// MARK: Wheels

extension Verification {
    /// Whether a wheel is as it was unpacked; if not, it is made anew.
    private mutating func verify(_ order: WheelOrder, of subject: Subject) async throws(EnvironmentError) -> Bool {
        var damages = try await look(at: order.sha256, named: order.project, counting: true)
        if damages.isEmpty { return true }
        if mends {
            do throws(EnvironmentError) {
                try await discard(order.sha256, named: order.project)
                try await fetch(order, for: subject)
                let rest = try await look(at: order.sha256, named: order.project)
                for index in damages.indices { damages[index].isMended = rest.isEmpty }
            } catch {
                if case .cancelled = error { throw error }
                report.obstacles.append(error)
            }
        }
        if !damages.allSatisfy(\.isMended) { broken.insert(order.sha256) }
        report.damages += damages
        return false
    }

    /// A wheel that nobody is linked from need not be there.
    private mutating func verifyIdle(_ sha256: SHA256Digest) async throws(EnvironmentError) {
        var damages = try await look(at: sha256, named: nil, counting: true)
        if damages.isEmpty { return }
        if mends {
            do throws(EnvironmentError) {
                try await discard(sha256, named: nil)
                for index in damages.indices { damages[index].isMended = true }
            } catch {
                if case .cancelled = error { throw error }
                report.obstacles.append(error)
            }
        }
        report.damages += damages
    }

    private mutating func look(
        at sha256: SHA256Digest, named name: String?, counting: Bool = false
    ) async throws(EnvironmentError) -> [VerificationReport.Damage] {
        let outcome = try await check(sha256, named: name, hashes)
        if counting {
            report.wheels += 1
            report.files += outcome.files
            report.bytes += outcome.bytes
            report.extras += outcome.extras
            store.progress(.advanced(.verifying, items: outcome.files, bytes: outcome.bytes))
        }
        return outcome.damages
    }

    private func check(
        _ sha256: SHA256Digest, named name: String?, _ hashes: FileHashes
    ) async throws(EnvironmentError) -> TreeCheck.Outcome {
        let folder = store.cache.path(.wheels, sha256.hex)
        guard let wheel = await BlockingWork.run({ UnpackedWheel(name: name ?? "", at: folder) }) else {
            let isThere = await BlockingWork.run { FileTree.exists(folder) }
            let damage = VerificationReport.Damage(
                path: isThere ? folder.appending(UnpackedWheel.manifestName) : folder, package: name,
                problem: isThere ? .listing : .missing)
            return TreeCheck.Outcome(damages: [damage])
        }
        let named = UnpackedWheel(name: name ?? wheel.manifest.distInfo, folder: folder, manifest: wheel.manifest)
        let expected = await BlockingWork.run { named.expected(at: nil).inCache }
        return try await TreeCheck(root: wheel.files, expected: expected).run(hashes)
    }

    private mutating func discard(_ sha256: SHA256Digest, named name: String?) async throws(EnvironmentError) {
        // Nothing that was read before counts: another process may have mended it meanwhile.
        let fresh = FileHashes()
        try await wheels.discard(sha256) { () async throws(EnvironmentError) in
            try await check(sha256, named: name, fresh).damages.isEmpty
        }
        hashes = FileHashes()
    }

    private func fetch(_ order: WheelOrder, for subject: Subject) async throws(EnvironmentError) {
        let fetch: EnvironmentRequest.Fetch
        do {
            fetch = try await subject.openFetching()
        } catch {
            throw Task.isCancelled ? .cancelled : .notFetched(wheel: order.filename.description, cause: error)
        }
        _ = try await wheels.obtain(order) { path, follower in try await fetch(order, path, follower) }
    }
}

// MARK: Compiled modules

extension Verification {
    /// Whether what was compiled of a wheel is as it was. If not it is removed, and made again when it is needed.
    private mutating func verifyCompiled(
        _ sha256: SHA256Digest, named name: String?
    ) async throws(EnvironmentError) -> Bool {
        let wheel = store.cache.path(.wheels, sha256.hex)
        var isRight = true
        for folder in await BlockingWork.run({ CompiledWheel.folders(of: wheel) }) {
            var damages: [VerificationReport.Damage]
            if let compiled = await BlockingWork.run({ CompiledWheel(at: folder) }) {
                let check = TreeCheck(root: compiled.files, expected: compiled.expected(of: name ?? ""), isCompiled: true)
                let outcome = try await check.run(hashes)
                report.files += outcome.files
                report.bytes += outcome.bytes
                damages = outcome.damages
            } else {
                let list = folder.appending(CompiledWheel.listName)
                damages = [VerificationReport.Damage(path: list, package: name, problem: .listing)]
            }
            if damages.isEmpty { continue }
            isRight = false
            for damage in damages {
                if let found = await BlockingWork.run({ FoundFile(at: damage.path) }) {
                    spoiled[found.identity] = name ?? ""
                }
            }
            if mends { try await remove(folder, of: sha256, &damages) }
            report.damages += damages
        }
        return isRight
    }

    private mutating func remove(
        _ folder: FilePath, of sha256: SHA256Digest, _ damages: inout [VerificationReport.Damage]
    ) async throws(EnvironmentError) {
        do throws(EnvironmentError) {
            try await wheels.whileLocked(sha256) { [cache = store.cache] () throws(EnvironmentError) in
                try Drafts.remove(folder, in: cache)
            }
            for index in damages.indices { damages[index].isMended = true }
        } catch {
            if case .cancelled = error { throw error }
            report.obstacles.append(error)
        }
    }
}

// MARK: Environments

extension Verification {
    /// Environments of conda packages whose own Python does not run any more: before that nothing else in them can be looked at.
    mutating func runWithoutPython(_ subjects: [CondaMending.Subject]) async throws(EnvironmentError) {
        for subject in subjects {
            let lock = try await lock(subject.digest)
            defer { lock?.release() }
            var damage = subject.lostPython
            if mends {
                do throws(EnvironmentError) {
                    try await mending?.mend(subject, [damage])
                    damage.isMended = true
                } catch {
                    if case .cancelled = error { throw error }
                    report.obstacles.append(error)
                }
            }
            if !damage.isMended { report.environments += 1 }
            report.damages.append(damage)
        }
    }

    private mutating func verify(_ subject: Subject) async throws(EnvironmentError) {
        let lock = try await lock(subject.digest)
        defer { lock?.release() }
        report.environments += 1
        var outcome = try await check(subject, hashes)
        report.files += outcome.files
        report.bytes += outcome.bytes
        report.extras += outcome.extras
        store.progress(.advanced(.verifying, items: outcome.files, bytes: 0))
        if outcome.damages.isEmpty { return }
        if mends, !subject.orders.contains(where: { broken.contains($0.sha256) }) {
            do throws(EnvironmentError) {
                var store = self.store
                store.compilesBytecode = subject.isCompiled
                if let conda = subject.conda {
                    try await mending?.mend(conda, outcome.damages)
                } else {
                    _ = try await store.create(subject.request, at: subject.place)
                }
                var made = subject
                made.recordHash = await BlockingWork.run { EnvironmentListing(of: subject.place)?.recordHash }
                // Inodes of what is gone may be those of other files now.
                spoiled = [:]
                let rest = try await check(made, FileHashes()).damages
                for index in outcome.damages.indices { outcome.damages[index].isMended = rest.isEmpty }
            } catch {
                if case .cancelled = error { throw error }
                report.obstacles.append(error)
            }
        }
        report.damages += outcome.damages
    }

    private func check(_ subject: Subject, _ hashes: FileHashes) async throws(EnvironmentError) -> TreeCheck.Outcome {
        let unpacked = await BlockingWork.run { [wheels] in subject.orders.map { wheels.unpacked($0) } }
        let isWhole = !unpacked.contains { $0 == nil }
        let expected = try await BlockingWork.run { () throws(EnvironmentError) in
            try subject.expected(unpacked.compactMap { $0 })
        }
        // Where a wheel is not known, nobody can tell what is superfluous.
        let tree = TreeCheck(root: subject.place, expected: expected, spoiled: spoiled) {
            !isWhole || subject.hasRunScripts || Subject.isOwn($0) || subject.conda != nil && CondaListing.isOwn($0)
        }
        var outcome = try await tree.run(hashes)
        if subject.recordHash == nil {
            let path = subject.place.appending(EnvironmentListing.fileName)
            outcome.damages.append(VerificationReport.Damage(path: path, package: nil, problem: .listing))
        }
        return outcome
    }

    /// Nothing where it cannot be had because nothing can be written: then nobody else changes anything either.
    private func lock(_ digest: SHA256Digest) async throws(EnvironmentError) -> CacheLock? {
        do throws(PackageSourceError) {
            let name = EnvironmentStore.lockName(EnvironmentStore.folderName(digest))
            return try await store.cache.lock(name) { [store] in
                store.progress(.note("another process builds the same environment; waiting for it"))
            }
        } catch {
            let failure = EnvironmentError(error)
            if case .system = failure { return nil }
            throw failure
        }
    }
}
