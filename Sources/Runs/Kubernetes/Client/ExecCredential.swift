import Clusters
import FlowModel
import FoundationEssentials
import Subprocess
import SystemPackage

/// Runs a person's command for credentials (client.authentication.k8s.io). It gets no terminal.
struct ExecCredential {
    /// How long a command may take.
    private static let patience = Duration.seconds(120)

    let plugin: ExecPlugin
    let access: ClusterAccess
    /// Of the engine; the plug-in's own variables come on top.
    let environment: [String: String]

    private enum Outcome: Sendable {
        case ended(code: String?, output: String, complaint: String)
        case notStarted
        case late
    }

    func login() async throws(ClusterError) -> ClusterLogin {
        guard plugin.interaction != .always else {
            throw failure(
                "wants to talk to a person, which an engine cannot offer", help: "log in by hand first, or set interactiveMode: IfAvailable")
        }
        switch await outcome() {
        case .notStarted: throw failure("cannot be run", help: plugin.hint ?? "install it, or correct the kubeconfig file")
        case .late: throw failure("did not end within 120 seconds", help: "run it by hand to see what it waits for")
        case .ended(let code?, _, let complaint):
            throw failure("failed (\(code))", details: Self.lines(complaint), help: plugin.hint ?? "run it by hand, or log in again")
        case .ended(nil, let output, _): return try read(output)
        }
    }

    private func read(_ output: String) throws(ClusterError) -> ClusterLogin {
        guard let printed = try? JSONDecoder().decode(Printed.self, from: Data(output.utf8)), let status = printed.status else {
            throw failure("printed no credentials", help: "run it by hand and look at what it prints")
        }
        guard printed.apiVersion == nil || printed.apiVersion == plugin.version else {
            throw failure(
                "printed credentials of the version \(printed.apiVersion ?? ""), not \(plugin.version)",
                help: "correct its apiVersion in the kubeconfig file")
        }
        let hasCertificate = status.clientCertificateData != nil && status.clientKeyData != nil
        guard status.token != nil || hasCertificate else {
            throw failure("printed neither a token nor a certificate with its key", help: "run it by hand and look at what it prints")
        }
        var login = ClusterLogin()
        if let token = status.token { login.headers.append(("Authorization", "Bearer \(token)")) }
        if hasCertificate {
            login.certificate = status.clientCertificateData.map { Array($0.utf8) }
            login.key = status.clientKeyData.map { Array($0.utf8) }
        }
        login.isReplaceable = true
        if let text = status.expirationTimestamp {
            guard let end = ClusterTime.parse(text) else {
                throw failure("printed the expirationTimestamp '\(text)', which is no time", help: "run it by hand and look at what it prints")
            }
            login.expiry = end
        }
        return login
    }

    private struct Printed: Decodable {
        var apiVersion: String?
        var status: Status?

        struct Status: Decodable {
            var token: String?
            var clientCertificateData: String?
            var clientKeyData: String?
            var expirationTimestamp: String?
        }
    }

    private func failure(_ problem: String, details: [String] = [], help: String) -> ClusterError {
        ClusterError(
            "kubernetes", .notSetUp, "the command '\(plugin.command)' that is to log in to \(access.server) \(problem)", details: details,
            help: help)
    }

    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).suffix(8).map { String($0.prefix(400)) }
    }

    private func outcome() async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await run() }
            group.addTask {
                try? await ContinuousClock().sleep(for: Self.patience)
                return .late
            }
            let first = await group.next() ?? .late
            group.cancelAll()
            return first
        }
    }

    private func run() async -> Outcome {
        var variables = environment.merging(plugin.environment) { _, own in own }
        variables["KUBERNETES_EXEC_INFO"] = information.json
        let pairs = variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        do {
            let result = try await Subprocess.run(
                plugin.command.contains("/") ? .path(FilePath(plugin.command)) : .name(plugin.command),
                arguments: Arguments(plugin.arguments), environment: .custom(Dictionary(pairs) { first, _ in first }), input: .none,
                output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            var code: String?
            switch result.terminationStatus {
            case .exited(0): break
            case .exited(let number): code = "exit code \(number)"
            case .signaled(let number): code = "signal \(number)"
            }
            return .ended(code: code, output: result.standardOutput ?? "", complaint: result.standardError ?? "")
        } catch {
            return .notStarted
        }
    }

    private var information: JSONValue {
        var cluster: JSONValue?
        if plugin.wantsClusterInfo {
            var authority: String?
            if case .bytes(let bytes) = access.authority { authority = Data(bytes).base64EncodedString() }
            cluster = .members([
                "server": .string(access.server), "certificate-authority-data": authority.map { .string($0) },
                "insecure-skip-tls-verify": access.skipsVerification ? .bool(true) : nil,
                "tls-server-name": access.serverName.map { .string($0) }, "proxy-url": access.proxy.map { .string($0) },
            ])
        }
        return .members([
            "apiVersion": .string(plugin.version), "kind": .string("ExecCredential"),
            "spec": .members(["interactive": .bool(false), "cluster": cluster]),
        ])
    }
}

/// Times as the API writes them (RFC 3339).
enum ClusterTime {
    static func parse(_ text: String) -> Date? {
        // With or without parts of a second; zones other than Z are rare and right here.
        (try? Date(text, strategy: .iso8601)) ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
