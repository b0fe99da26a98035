import Archives
import CondaChannels
import CondaPackaging
import Diagnostics
import Digests
import Interpreters
import Lockfiles
import PackageSources
import SystemPackage

/// Makes environments of conda packages anew whose files are damaged.
struct CondaMending: Sendable {
    let store: EnvironmentStore
    let finder: InterpreterFinder
    let openArchives: (@Sendable () async throws -> CondaArchiveSource)?
    let openClient: @Sendable (Interpreter) async throws -> PackageIndexClient

    /// An environment, as far as making it anew needs to know it.
    struct Subject: Sendable {
        var place: FilePath
        var digest: SHA256Digest
        var part: CondaPart
        var lock: PyLock?
        var folder: FilePath?
        /// What became of the scripts of its packages, and becomes of them again.
        var linkScripts: LinkScriptPolicy
        var isCompiled: Bool
        /// The hashes of the records in `conda-meta`, by their paths.
        var records: [String: String]
        /// Any of this machine, whose pip knows the default index.
        var interpreter: Interpreter?
    }

    /// Builds the environment beside its place and renames it into it. Packages with damaged files are unpacked anew before: what is
    /// unpacked may be the same file under another name.
    func mend(_ subject: Subject, _ damages: [VerificationReport.Damage]) async throws(EnvironmentError) {
        guard let openArchives, let lock = subject.lock, !subject.part.packages.isEmpty else {
            throw .conda(cause: CondaNotMended(place: subject.place))
        }
        let archives = await BlockingWork.run { CondaListing(of: subject.place).archives }
        for digest in Set(damages.compactMap { $0.package.flatMap { archives[$0] } }) {
            try await BlockingWork.run { [cache = self.store.cache] () throws(EnvironmentError) in
                try Drafts.remove(cache.path(.condaPackages, digest), in: cache)
            }
        }
        var store = self.store
        store.compilesBytecode = subject.isCompiled
        store.conda.linkScripts = subject.linkScripts
        let request = CondaRequest(
            lock: lock, part: subject.part, folder: subject.folder, finder: finder, openArchives: openArchives,
            openClient: { [finder, openClient] in
                let interpreter = if let interpreter = subject.interpreter { interpreter } else { try await finder.find() }
                return try await openClient(interpreter)
            })
        _ = try await store.build(request, subject.digest, at: subject.place, nil)
    }
}

extension CondaMending.Subject {
    /// An environment of conda packages as its record tells it; `nil` for any other.
    init?(recorded record: EnvironmentOrigin, at place: FilePath, isCompiled: Bool, interpreter: Interpreter?) {
        guard let part = CondaPart(recordedIn: record) else { return nil }
        self.init(
            place: place, digest: record.digest, part: part, lock: (try? record.parsedLock()) ?? nil,
            folder: record.folder.map { FilePath($0) }, linkScripts: record.linkScripts?.policy ?? .refuse, isCompiled: isCompiled,
            records: Dictionary(record.conda.compactMap { package in package.record.map { (package.recordPath, $0) } }) { $1 },
            interpreter: interpreter)
    }

    /// Its Python is missing, or does not run.
    var lostPython: VerificationReport.Damage {
        let python = part.packages.first { $0.record.name.description == "python" }
        return VerificationReport.Damage(
            path: place.pushing(FilePath(CondaRequest.command)), package: python.map { "python \($0.record.version)" },
            problem: .content)
    }
}

/// Nobody said where the packages are to be had, or the environment does not say what they were.
struct CondaNotMended: DiagnosticError {
    let place: FilePath

    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "\(place) has conda packages with damaged files", help: "remove the environment and create it anew: penstock env remove")
    }
}
