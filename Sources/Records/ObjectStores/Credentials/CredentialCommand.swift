import Subprocess
import SystemPackage

/// The command of a profile that prints keys in JSON (`credential_process`).
package struct CredentialCommand: Sendable {
    let command: String
    let profile: String
    let environment: [String: String]

    private static let patience = Duration.seconds(60)

    func run() async throws(CredentialError) -> AWSCredentials {
        let name = CredentialOrigin.command(command, profile: profile).name
        guard let words = Self.words(command), !words.isEmpty else {
            throw .settings(origin: "the profile '\(profile)'", problem: "its credential_process has an open quote")
        }
        guard let output = await output(words) else { throw .source(name: name, problem: "it failed, or took too long") }
        guard let keys = PrintedCredentials.read(Array(output.utf8)) else {
            throw .source(name: name, problem: "what it printed are no keys")
        }
        return keys
    }

    /// What it printed; `nil` for a command that fails or hangs. What it says on its standard error may hold secrets: nobody sees it.
    private func output(_ words: [String]) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                let pairs = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
                let result = try? await Subprocess.run(
                    words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0]), arguments: Arguments(Array(words.dropFirst())),
                    environment: .custom(Dictionary(pairs) { first, _ in first }), input: .none, output: .string(limit: 64 << 10),
                    error: .discarded)
                guard let result, case .exited(0) = result.terminationStatus else { return nil }
                return result.standardOutput
            }
            group.addTask {
                try? await ContinuousClock().sleep(for: Self.patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// The words of a command line with quotes and backslashes, as a shell would split it; `nil` for an open quote.
    package static func words(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " || character == "\t" {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let done = word { words.append(done) }
        return quote == nil && !isEscaped ? words : nil
    }
}
