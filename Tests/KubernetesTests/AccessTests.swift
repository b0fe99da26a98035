import Clusters
import Foundation
import Kubernetes
import SystemPackage
import TestSupport
import Testing

/// Which cluster is asked, and as whom.
@Suite struct AccessTests {
    private let folder: TemporaryFolder
    private let group = ManifestCases.group("F", "s", ["s/1/0"])

    init() throws { folder = try TemporaryFolder() }

    private func file(_ name: String, _ text: String) throws -> String {
        try folder.write(folders: name, Array(text.utf8)).string
    }

    private func error(_ environment: [String: String]) async throws -> ClusterError {
        let executor = KubernetesExecutor(environment: environment, accountFolder: "\(folder.path)/none")
        return try await #require(throws: ClusterError.self) { _ = try await executor.submit(group) }
    }

    private static let cluster = "clusters: [{name: k, cluster: {server: \"http://127.0.0.1:1\"}}]\n"
    private static let context = "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"

    private static func user(_ members: String) -> String { "\(context)\(cluster)users: [{name: u, user: {\(members)}}]\n" }

    private static func plugin(_ members: String) -> String { user("exec: {\(members)}") }

    private static func server(_ members: String) -> String {
        "\(context)clusters: [{name: k, cluster: {\(members)}}]\nusers: [{name: u, user: {}}]\n"
    }

    private static var aliases: String {
        let lines: [String] = (1...40).map { "b\($0): &b\($0) [*a, *a, *a]\n" }
        return "a: &a [x, x]\n" + lines.joined()
    }

    static let hostile: [(text: String, problem: String)] = [
        ("", "names no current context"), ("[1, 2]", "expected names with values"), ("a: [", "is not YAML"), ("\u{0}", "is not YAML"),
        ("current-context: gone\n", "there is no context 'gone'"), ("contexts: 3\ncurrent-context: c\n", "'contexts' is to be a list"),
        ("contexts: [3]\ncurrent-context: c\n", "is to have a name"), (context, "has no cluster that is known"),
        ("\(context)\(cluster)", "a user 'u', who is not in"), (server("server: here"), "begins with https://"),
        (user("auth-provider: {name: gcp}"), "auth-provider (gcp)"), (user("client-certificate-data: YQ=="), "without its key"),
        (user("client-certificate-data: '!', client-key-data: YQ=="), "is not base64"), (user("token: [a]"), "'token' is to be a text"),
        (plugin("command: x"), "v1 and v1beta1 are known"),
        (plugin("apiVersion: client.authentication.k8s.io/v1alpha1, command: x"), "v1 and v1beta1 are known"),
        (plugin("apiVersion: client.authentication.k8s.io/v1"), "has no command"),
        (plugin("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Maybe"), "interactiveMode is 'Maybe'"),
        (user("tokenFile: not-there"), "there is no token in"),
        (user("client-certificate: no.pem, client-key: no.key"), "there is no file"),
        (server("server: \"https://127.0.0.1:1\", certificate-authority-data: YQ=="), "is not certificates in PEM form"),
        (server("server: \"https://k.example\", proxy-url: \"gopher://x\""), "not the address of a proxy"),
        (String(repeating: "[", count: 5000), "too deep"), (String(repeating: "- ", count: 5000), "too deep"), (aliases, "aliases"),
    ]

    @Test(arguments: hostile)
    func whatCannotBeUsedIsSaid(_ row: (text: String, problem: String)) async throws {
        let path = try file("config", row.text)
        let error = try await error(["KUBECONFIG": path])
        #expect(error.fault == .notSetUp && !error.isTransient)
        #expect(error.message.contains(row.problem), "\(error.message)")
        #expect(error.help != nil)
    }

    @Test func nothingAnywhereIsSaid() async throws {
        for environment in [["HOME": folder.path.string], [:], ["KUBECONFIG": "\(folder.path)/a:\(folder.path)/b"]] {
            #expect(try await error(environment).message.hasPrefix("no Kubernetes cluster is configured"))
        }
    }

    @Test func filesAreMergedAndTheFirstCounts() async throws {
        let api = try await FakeAPI()
        let first = try file("first", "current-context: c\nusers: [{name: u, user: {token: first}}]\n")
        let second = try file(
            "second",
            """
            current-context: other
            contexts: [{name: c, context: {cluster: k, user: u, namespace: science}}]
            clusters: [{name: k, cluster: {server: "\(api.url)/"}}]
            users: [{name: u, user: {token: second}}]
            """)
        let executor = KubernetesExecutor(environment: ["KUBECONFIG": "\(folder.path)/none:\(first):\(second)"])
        let ids = try await executor.submit(group)
        #expect(ids[0].text.hasPrefix("science/"))
        #expect(api.requests.allSatisfy { $0.header("Authorization") == "Bearer first" && $0.path.contains("/namespaces/science/") })
    }

    @Test func aSettingChoosesTheContext() async throws {
        let api = try await FakeAPI()
        let path = try file(
            "config",
            """
            current-context: broken
            contexts: [{name: good, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: {server: "\(api.url)"}}]
            users: [{name: u, user: {username: ada, password: pw, as: bob, as-groups: [x, y]}}]
            """)
        let executor = KubernetesExecutor(environment: ["KUBECONFIG": path, "PENSTOCK_KUBERNETES_CONTEXT": "good"])
        _ = try await executor.submit(group)
        let request = try #require(api.requests.first)
        #expect(request.header("Authorization") == "Basic " + Data("ada:pw".utf8).base64EncodedString())
        #expect(request.header("Impersonate-User") == "bob")
        #expect(request.headers.filter { $0.name == "Impersonate-Group" }.map(\.value) == ["x", "y"])
    }

    @Test func aHomeHasAConfiguration() async throws {
        let api = try await FakeAPI()
        _ = try file(
            ".kube/config",
            "\(Self.context)clusters: [{name: k, cluster: {server: \"\(api.url)\"}}]\nusers: [{name: u, user: {tokenFile: token}}]\n")
        _ = try file(".kube/token", "from-a-file\n")
        let executor = KubernetesExecutor(environment: ["HOME": folder.path.string], accountFolder: "\(folder.path)/none")
        _ = try await executor.submit(group)
        #expect(api.requests.first?.header("Authorization") == "Bearer from-a-file")
    }

    // MARK: Protected connections

    private func protected(_ api: FakeAPI, cluster: String, user: String) throws -> KubernetesExecutor {
        let ca = Data(TestCertificates.authority.utf8).base64EncodedString()
        let path = try file(
            "config",
            """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: {\(cluster.replacing("CA", with: ca))}}]
            users: [{name: u, user: {\(user)}}]
            """)
        return KubernetesExecutor(environment: ["KUBECONFIG": path])
    }

    @Test func certificatesAreShown() async throws {
        let api = try await FakeAPI(protection: .init(wantsClientCertificate: true))
        _ = try file("client.pem", TestCertificates.client)
        _ = try file("client.key", TestCertificates.clientKey)
        let (certificate, key) = (Data(TestCertificates.client.utf8).base64EncodedString(), Data(TestCertificates.clientKey.utf8).base64EncodedString())
        for user in [
            "client-certificate: client.pem, client-key: client.key",
            "client-certificate-data: \(certificate), client-key-data: \(key)",
        ] {
            let executor = try protected(api, cluster: "server: \"\(api.url)\", certificate-authority-data: CA", user: user)
            #expect(try await executor.submit(group).count == 1)
        }
        let without = try protected(api, cluster: "server: \"\(api.url)\", certificate-authority-data: CA", user: "token: x")
        let error = try await #require(throws: ClusterError.self) { _ = try await without.submit(group) }
        #expect(error.fault == .unreachable, "\(error)")
    }

    @Test func whoVouchesIsLookedAt() async throws {
        let api = try await FakeAPI(protection: .init())
        let unknown = try protected(api, cluster: "server: \"\(api.url)\"", user: "token: x")
        let error = try await #require(throws: ClusterError.self) { _ = try await unknown.submit(group) }
        #expect(error.fault == .notSetUp && error.message.contains("is not vouched for"), "\(error)")
        let trusting = try protected(api, cluster: "server: \"\(api.url)\", insecure-skip-tls-verify: true", user: "token: x")
        #expect(try await trusting.submit(group).count == 1)
    }

    /// A name that nobody resolves: the connection goes to the server's address all the same.
    @Test func aCertificateMayBeAnotherNames() async throws {
        let api = try await FakeAPI(protection: .init())
        let port = try #require(api.server?.port)
        let right = try protected(
            api, cluster: "server: \"https://127.0.0.1:\(port)\", certificate-authority-data: CA, tls-server-name: cluster.example", user: "token: x")
        #expect(try await right.submit(group).count == 1)
        #expect(api.requests.first?.header("Host") == "127.0.0.1:\(port)")
    }

    @Test func podsHaveAnAccount() async throws {
        let api = try await FakeAPI(protection: .init())
        let port = try #require(api.server?.port)
        _ = try file("account/token", "of-the-pod\n")
        _ = try file("account/namespace", "inside\n")
        _ = try file("account/ca.crt", TestCertificates.authority)
        let executor = KubernetesExecutor(
            environment: ["KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "\(port)"],
            accountFolder: "\(folder.path)/account")
        #expect(try await executor.submit(group)[0].text.hasPrefix("inside/"))
        #expect(api.requests.first?.header("Authorization") == "Bearer of-the-pod")
    }

    @Test func aReplacedTokenIsReadAgain() async throws {
        let api = try await FakeAPI()
        _ = try file("token", "old")
        let path = try file(
            "config",
            "\(Self.context)clusters: [{name: k, cluster: {server: \"\(api.url)\"}}]\nusers: [{name: u, user: {tokenFile: token}}]\n")
        let executor = KubernetesExecutor(environment: ["KUBECONFIG": path])
        let ids = try await executor.submit(group)
        _ = try file("token", "new")
        api.next("GET", ids[0].text.replacing("default/", with: ""), FakeAPI.failure(401, "Unauthorized", "expired"))
        _ = try await executor.describe(ids[0])
        let tokens = api.requests.filter { $0.path.hasSuffix("-0") }.compactMap { $0.header("Authorization") }
        #expect(tokens == ["Bearer old", "Bearer new"])
    }
}
