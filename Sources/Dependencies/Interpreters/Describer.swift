import FoundationEssentials
import Subprocess
import SystemPackage

/// Runs Python binaries with small scripts, shielded from the surroundings.
struct Describer: Sendable {
    /// The environment the binaries are run with; whatever steers a Python is taken out.
    var environment: [String: String]
    /// How long a binary may take to answer.
    var patience: Duration = .seconds(30)

    /// Asks a binary what it is.
    func describe(_ binary: FilePath) async -> Verdict {
        do {
            let answers = try await answers(
                of: binary, arguments: DescribeScript.options, marker: DescribeScript.marker)
            return Description(answers: answers).verdict()
        } catch {
            return .failed(error.reason)
        }
    }

    /// Why a binary gave no answer, in words that follow the path and a colon.
    struct NoAnswer: Error {
        var reason: String
    }

    /// Runs `binary` and reads the JSON object of strings that it prints behind `marker`.
    func answers(
        of binary: FilePath, arguments: [String], marker: String
    ) async throws(NoAnswer) -> [String: String] {
        let output = try await output(of: binary, arguments: arguments)
        guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix(marker) }) else {
            throw NoAnswer(reason: "it printed something else than its description")
        }
        let object = Data(line.utf8.dropFirst(marker.utf8.count))
        guard let answers = try? JSONDecoder().decode([String: String].self, from: object) else {
            throw NoAnswer(reason: "its description cannot be read")
        }
        return answers
    }

    private func output(of binary: FilePath, arguments: [String]) async throws(NoAnswer) -> String {
        let patience = patience
        let outcome = await withTaskGroup(of: Result<String, NoAnswer>?.self) { group in
            group.addTask { await run(binary, arguments: arguments) }
            group.addTask {
                try? await ContinuousClock().sleep(for: patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let outcome else {
            throw NoAnswer(reason: "it did not answer within \(patience.components.seconds) seconds")
        }
        return try outcome.get()
    }

    private func run(_ binary: FilePath, arguments: [String]) async -> Result<String, NoAnswer> {
        var options = PlatformOptions()
        // A group of its own, so that what a wrapper started ends with it.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(10))
        ]
        do {
            let result = try await Subprocess.run(
                .path(binary), arguments: Arguments(arguments), environment: cleanEnvironment,
                workingDirectory: "/", platformOptions: options, input: .none,
                output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
            guard case .exited(0) = result.terminationStatus else {
                let words = Self.lastLine(of: result.standardError)
                return .failure(NoAnswer(reason: words.map { "it failed: \($0)" } ?? "it failed without a word"))
            }
            return .success(result.standardOutput)
        } catch {
            return .failure(NoAnswer(reason: "it could not be run: \(error)"))
        }
    }

    private static func lastLine(of text: String) -> String? {
        text.split(separator: "\n").last.map { String($0.prefix(300)) }
    }

    private var cleanEnvironment: Environment {
        let kept = environment.filter { name, _ in !name.hasPrefix("PYTHON") && name != "__PYVENV_LAUNCHER__" }
        return .custom(Dictionary(uniqueKeysWithValues: kept.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
    }
}
