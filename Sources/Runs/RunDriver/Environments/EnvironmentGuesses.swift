package import Digests
package import FlowModel
import FoundationEssentials
package import SystemPackage

/// Which environment a request led to the last time.
///
/// Not more than a guess: the lock may be another one meanwhile, or the interpreter. It serves to start a process early that
/// is thrown away if the guess was wrong.
package struct EnvironmentGuesses: Sendable {
    /// An environment as it was.
    package struct Guess: Sendable, Hashable {
        package var digest: SHA256Digest
        package var root: FilePath
        package var python: FilePath

        package init(_ environment: StepEnvironment) {
            (digest, root, python) = (environment.digest, environment.root, environment.python)
        }

        fileprivate init?(text: String) {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.count == 5, lines[0] == EnvironmentGuesses.heading, let digest = SHA256Digest(hex: lines[1])
            else { return nil }
            (self.digest, root, python) = (digest, FilePath(String(lines[2])), FilePath(String(lines[3])))
        }

        fileprivate var text: String { "\(EnvironmentGuesses.heading)\n\(digest.hex)\n\(root)\n\(python)\n" }
    }

    private static let heading = "penstock guess 1"
    private let folder: FilePath

    /// - Parameter store: the project's folder.
    package init(store: FilePath) { folder = store.appending("guesses") }

    /// What the request of a step led to the last time; `nil` if there was none.
    ///
    /// - Parameter launching: the interpreter that runs the flow file.
    package func guess(of step: StepName, in wishes: FlowWishes, launching: String) -> Guess? {
        guard let path = path(step, wishes, launching), let data = FileManager.default.contents(atPath: path.string) else {
            return nil
        }
        return Guess(text: String(decoding: data, as: UTF8.self))
    }

    /// Notes what it led to this time. Whether that works does not matter.
    package func note(_ guess: Guess, of step: StepName, in wishes: FlowWishes, launching: String) {
        guard let path = path(step, wishes, launching), !"\(guess.root)\(guess.python)".contains("\n") else { return }
        try? FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        try? Data(guess.text.utf8).write(to: URL(filePath: path.string), options: .atomic)
    }

    private func path(_ step: StepName, _ wishes: FlowWishes, _ launching: String) -> FilePath? {
        guard let entry = wishes.entries.first(where: { $0.steps.contains(step) }) else { return nil }
        let python = entry.wish.python.map { "\($0)" } ?? ""
        let asked = [launching, python] + (entry.wish.project?.facts ?? []) + entry.wish.texts
            + (entry.wish.conda.map { $0.facts + [$0.python ?? ""] } ?? [])
        let key = SHA256Digest(hashing: asked.joined(separator: "\n"))
        return folder.appending(key.hex)
    }
}
