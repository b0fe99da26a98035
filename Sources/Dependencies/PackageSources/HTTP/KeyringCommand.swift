import Subprocess
import SystemPackage

/// The command `keyring`, which knows passwords; asked as pip and uv ask it.
struct KeyringCommand: Sendable {
    private let environment: [String: String]
    private let path: FilePath?
    /// Whether it does not matter that there is no such command.
    private let isOptional: Bool
    /// How long the command may take: it may wait for somebody who is not there.
    var patience = Duration.seconds(20)

    init(environment: [String: String], isOptional: Bool) {
        self.environment = environment
        self.isOptional = isOptional
        path = Self.find(in: environment["PATH"] ?? "")
    }

    private static func find(in folders: String) -> FilePath? {
        folders.split(separator: ":").lazy.filter { $0.hasPrefix("/") }
            .map { FilePath(String($0)).appending("keyring") }.first { isExecutable($0) }
    }

    /// What came of a question.
    enum Answer: Sendable {
        case found(Credentials)
        case nothing
        /// There is something to be said, in words that follow "the keyring".
        case failed(String)
    }

    /// Asks for the password of a user, or for user and password.
    ///
    /// - Parameter services: what the entry may be called: the index's address, then its host.
    func ask(_ services: [String], user: String?) async -> Answer {
        guard let path else { return isOptional ? .nothing : .failed("is wanted, and there is no command 'keyring' in PATH") }
        for service in services {
            let arguments = user.map { ["get", service, $0] } ?? ["--mode", "creds", "get", service]
            switch await output(of: path, arguments) {
            case .printed(let text):
                if let credentials = Self.credentials(text, user) { return .found(credentials) }
            case .failed: continue
            case .hung: return .failed("gave no answer within \(patience.components.seconds) seconds and is left alone")
            case .broken: return .failed("could not be run")
            }
        }
        return .nothing
    }

    /// The password alone, or user and password on a line each.
    private static func credentials(_ text: String, _ user: String?) -> Credentials? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if let user {
            guard let password = lines.first, !password.isEmpty else { return nil }
            return Credentials(user: user, password: password)
        }
        guard lines.count >= 2, !lines[0].isEmpty, !lines[1].isEmpty else { return nil }
        return Credentials(user: lines[0], password: lines[1])
    }

    private enum Outcome: Sendable {
        case printed(String)
        case failed
        case broken
        case hung
    }

    private func output(of path: FilePath, _ arguments: [String]) async -> Outcome {
        let patience = patience
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await run(path, arguments) }
            group.addTask {
                try? await ContinuousClock().sleep(for: patience)
                return .hung
            }
            let first = await group.next() ?? .hung
            group.cancelAll()
            return first
        }
    }

    private func run(_ path: FilePath, _ arguments: [String]) async -> Outcome {
        var options = PlatformOptions()
        // A group of its own, so that what it started ends with it.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(10))
        ]
        var variables = environment
        variables["PYTHONIOENCODING"] = "utf-8"
        let pairs = variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        do {
            let result = try await Subprocess.run(
                .path(path), arguments: Arguments(arguments),
                environment: .custom(Dictionary(pairs) { first, _ in first }), workingDirectory: "/",
                platformOptions: options, input: .none, output: .string(limit: 64 << 10), error: .discarded)
            guard case .exited(0) = result.terminationStatus else { return .failed }
            return .printed(result.standardOutput)
        } catch {
            return .broken
        }
    }
}
