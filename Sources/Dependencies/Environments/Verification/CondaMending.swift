import Archives
import CondaChannels
import Diagnostics
import Interpreters
import PackageSources
import SystemPackage

/// Makes environments of conda packages anew whose files are damaged.
struct CondaMending: Sendable {
    let store: EnvironmentStore
    let finder: InterpreterFinder
    let openArchives: (@Sendable () async throws -> CondaArchiveSource)?
    let openClient: @Sendable (Interpreter) async throws -> PackageIndexClient

    /// Builds the environment beside its place and renames it into it. Packages with damaged files are unpacked anew before: what is
    /// unpacked may be the same file under another name.
    func mend(
        _ subject: Subject, _ part: CondaPart, _ damages: [VerificationReport.Damage]
    ) async throws(EnvironmentError) {
        guard let openArchives, let lock = subject.lock, !part.packages.isEmpty else {
            throw .conda(cause: CondaNotMended(place: subject.place))
        }
        let archives = await BlockingWork.run { CondaListing(of: subject.place).archives }
        for digest in Set(damages.compactMap { $0.package.flatMap { archives[$0] } }) {
            try await BlockingWork.run { () throws(EnvironmentError) in
                try Drafts.remove(store.cache.path(.condaPackages, digest), in: store.cache)
            }
        }
        let interpreter = subject.interpreter
        let request = CondaRequest(
            lock: lock, part: part, folder: subject.folder, finder: finder, openArchives: openArchives,
            openClient: { [openClient] in try await openClient(interpreter) })
        _ = try await store.build(request, subject.digest, at: subject.place, nil)
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
