import Clusters
import Foundation
import Kubernetes
import SystemPackage
import TestSupport
import Testing

/// Commands that print credentials.
@Suite struct ExecCredentialTests {
    private let folder: TemporaryFolder
    private let api: FakeAPI
    private let group = ManifestCases.group("F", "s", ["s/1/0"])

    init() async throws {
        folder = try TemporaryFolder()
        api = try await FakeAPI()
    }

    /// - Parameters:
    ///   - script: what the command does; each run leaves a line in the file `runs`.
    ///   - more: members of `exec`.
    private func executor(_ script: String, version: String = "v1", more: String = "") throws -> KubernetesExecutor {
        let text = "#!/bin/sh\necho run >> '\(folder.path)/runs'\n\(script)\n"
        _ = try folder.writeProgram("log-in", text)
        let exec = "apiVersion: client.authentication.k8s.io/\(version), command: ./log-in" + (more.isEmpty ? "" : ", \(more)")
        return KubernetesExecutor(environment: try api.kubeconfig(folder, user: "exec: {\(exec)}"))
    }

    private var runs: Int {
        ((try? String(contentsOfFile: "\(folder.path)/runs", encoding: .utf8)) ?? "").split(separator: "\n").count
    }

    private static func credential(_ status: String, version: String = "v1") -> String {
        "echo '{\"apiVersion\": \"client.authentication.k8s.io/\(version)\", \"kind\": \"ExecCredential\", \"status\": {\(status)}}'"
    }

    @Test(arguments: ["v1", "v1beta1"])
    func aTokenIsPrintedOnceForMany(_ version: String) async throws {
        let executor = try executor(Self.credential(#""token": "printed""#, version: version), version: version)
        async let first = executor.submit(group)
        async let second = executor.submit(ManifestCases.group("G", "s", (0..<20).map { "s/\($0)/0" }))
        #expect(try await first.count == 1)
        #expect(try await second.count == 20)
        #expect(runs == 1)
        #expect(api.requests.allSatisfy { $0.header("Authorization") == "Bearer printed" })
    }

    @Test(arguments: [("2126-01-01T00:00:00Z", 1), ("2126-01-01T00:00:00.5Z", 1), ("2001-01-01T00:00:00Z", 2)])
    func whatHasEndedIsPrintedAnew(_ row: (end: String, runs: Int)) async throws {
        let executor = try executor(Self.credential(#""token": "t", "expirationTimestamp": "\#(row.end)""#))
        let ids = try await executor.submit(group)
        let before = runs
        _ = try await executor.describe(ids[0])
        // Several requests each; one that lasts is kept for all of them.
        #expect(row.runs == 1 ? runs == 1 : runs > before)
    }

    @Test func credentialsThatAreNotTakenAreLookedForOnce() async throws {
        let executor = try executor("n=$(wc -l < '\(folder.path)/runs')\n" + "echo \"{\\\"status\\\": {\\\"token\\\": \\\"t$n\\\"}}\"")
        api.next("POST", "/jobs", FakeAPI.failure(401, "Unauthorized", "expired"))
        #expect(try await executor.submit(group).count == 1)
        #expect(runs == 2)
        #expect(api.requests("POST", "/jobs").map { $0.header("Authorization") } == ["Bearer t1", "Bearer t2"])
        for _ in 0..<2 { api.next("POST", "/jobs", FakeAPI.failure(401, "Unauthorized", "expired")) }
        let error = try await #require(throws: ClusterError.self) { _ = try await executor.submit(ManifestCases.group("G", "s", ["s/1/0"])) }
        #expect(error.fault == .forbidden && error.help == "log in to the cluster again")
    }

    @Test func theCommandGetsArgumentsVariablesAndTheCluster() async throws {
        let executor = try executor(
            "printf '%s\\n' \"$1|$2|$COLOUR|$PATH\" > '\(folder.path)/seen'\nprintf '%s' \"$KUBERNETES_EXEC_INFO\" > '\(folder.path)/info'\n"
                + Self.credential(#""token": "t""#),
            more: "args: [get, a b], env: [{name: COLOUR, value: red}], provideClusterInfo: true, interactiveMode: IfAvailable")
        _ = try await executor.submit(group)
        #expect(try String(contentsOfFile: "\(folder.path)/seen", encoding: .utf8) == "get|a b|red|/usr/bin:/bin\n")
        let info = try String(contentsOfFile: "\(folder.path)/info", encoding: .utf8)
        #expect(info.contains(#""apiVersion":"client.authentication.k8s.io/v1""#) && info.contains(#""interactive":false"#), "\(info)")
        #expect(info.contains(#""server":"\#(api.url)""#))
    }

    @Test(arguments: [
        ("echo 'the session is over' >&2; exit 3", "", "failed (exit code 3)", "the session is over"),
        ("echo nonsense", "", "printed no credentials", ""), ("echo '{\"status\": {}}'", "", "neither a token nor a certificate", ""),
        ("echo '{\"status\": {\"token\": \"t\", \"expirationTimestamp\": \"soon\"}}'", "", "which is no time", ""),
        ("echo '{\"apiVersion\": \"client.authentication.k8s.io/v1beta1\", \"status\": {\"token\": \"t\"}}'", "", "of the version", ""),
        ("kill -9 $$", "", "failed (signal 9)", ""), ("exit 0", "interactiveMode: Always", "wants to talk to a person", ""),
    ])
    func commandsThatFailAreNamed(_ row: (script: String, more: String, problem: String, detail: String)) async throws {
        let executor = try executor(row.script, more: row.more)
        let error = try await #require(throws: ClusterError.self) { _ = try await executor.submit(group) }
        #expect(error.fault == .notSetUp && error.message.contains(row.problem) && error.message.contains("log-in"), "\(error)")
        #expect(row.detail.isEmpty || error.details == [row.detail])
    }

    @Test func aMissingCommandSaysHowToGetIt() async throws {
        let environment = try api.kubeconfig(
            folder, user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: not-installed-here, installHint: install it so}")
        let error = try await #require(throws: ClusterError.self) {
            _ = try await KubernetesExecutor(environment: environment).submit(group)
        }
        #expect(error.message.contains("'not-installed-here'") && error.message.contains("cannot be run") && error.help == "install it so")
    }

    @Test func aCertificateIsPrinted() async throws {
        let api = try await FakeAPI(protection: .init(wantsClientCertificate: true))
        _ = try folder.write("cert", Array(TestCertificates.client.replacing("\n", with: "\\n").utf8))
        _ = try folder.write("key", Array(TestCertificates.clientKey.replacing("\n", with: "\\n").utf8))
        let script = """
            #!/bin/sh
            printf '{"status": {"clientCertificateData": "%s", "clientKeyData": "%s"}}' "$(cat '\(folder.path)/cert')" "$(cat '\(folder.path)/key')"
            """
        _ = try folder.writeProgram("log-in", script)
        let ca = Data(TestCertificates.authority.utf8).base64EncodedString()
        let environment = try api.kubeconfig(
            folder, user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./log-in}", cluster: "certificate-authority-data: \(ca)")
        #expect(try await KubernetesExecutor(environment: environment).submit(group).count == 1)
    }
}
