import ArgumentParser
import Diagnostics
import Environments
import SystemPackage

/// `penstock env remove ENVIRONMENT…`: takes environments out of the cache.
struct EnvironmentRemoveCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove environments from the cache; never one that a run uses.",
        discussion: """
            Locks and names stay: what needs the environment builds it again. Unpacked wheels stay for other environments; \
            penstock cache prune removes those that none has.
            """)

    @Argument(
        help: ArgumentHelp("Digits, names, locks, or FLOW/RUN/STEP.", valueName: "environment"),
        completion: EnvironmentCompletion.all)
    var environments: [String]

    @OptionGroup var place: RecordArguments

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    private struct Removal: Encodable {
        var environment: String
        var path: String
        var removed: Bool
        /// What is free now, in bytes.
        var freed: Int64
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let finder = try EnvironmentFinder(session, place)
            // All are found before the first is removed.
            let all = try environments.map { text throws in try stored(text, finder, in: session) }
            var removals: [Removal] = []
            var held: [String] = []
            for (text, stored) in zip(environments, all) {
                let size = TreeSize(of: stored.path).own
                let isRemoved = try finder.store.remove(stored)
                if !isRemoved { held.append(text) }
                removals.append(
                    Removal(
                        environment: stored.name, path: stored.path.string, removed: isRemoved, freed: isRemoved ? size : 0))
                if isRemoved, !json {
                    session.error.writeLine("Removed \(stored.name.prefix(8)): \(ByteText(size)) freed.")
                }
            }
            if json { session.output.writeLine(try JSONText(removals).text) }
            if !held.isEmpty, !json { throw HeldError(environments: held) }
            return held.isEmpty ? 0 : 1
        }
    }

    private func stored(
        _ text: String, _ finder: EnvironmentFinder, in session: StandaloneSession
    ) throws -> StoredEnvironment {
        let found = try finder.find(text)
        if case .place(let path, _) = found { throw OutsideError(path: path.string) }
        guard let stored = try PackageWorkshop.open(session, quiet: true, { try await $0.stored(found) }) else {
            throw NotBuiltError(words: text)
        }
        return stored
    }
}

/// A process uses the environment.
private struct HeldError: DiagnosticError {
    let environments: [String]

    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "\(environments.joined(separator: ", ")) \(environments.count == 1 ? "is" : "are") in use",
            details: ["a run, or a program that was started with penstock env run or shell, has not ended yet"],
            help: "try again when it has ended")
    }
}

/// It is no part of the cache.
private struct OutsideError: DiagnosticError {
    let path: String

    var diagnostic: Diagnostic {
        Diagnostic(.usage, "\(path) is not in the cache", help: "a folder that you had it made in is yours: rm -r removes it")
    }
}

/// There is nothing to remove.
private struct NotBuiltError: DiagnosticError {
    let words: String

    var diagnostic: Diagnostic { Diagnostic(.user, "the environment of \(words) is not in the cache, so there is nothing to remove") }
}
