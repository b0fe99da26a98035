import Diagnostics
import PackageSources
import PythonPackaging
import SystemPackage
import TestSupport
import Testing

/// Protected connections and proxies.
@Suite struct ConnectionTests {
    private struct Setting {
        var fixture: ClientFixture
        var index: LoopbackIndex

        func write(_ name: String, _ texts: String...) throws -> String {
            try fixture.folder.write(folders: name, Array((texts.joined(separator: "\n") + "\n").utf8)).string
        }

        /// The page of `demo` under a configuration.
        func count(_ change: (inout IndexConfiguration) throws -> Void) async throws -> Int? {
            var configuration = try IndexConfiguration(index: index.url)
            try change(&configuration)
            return try await fixture.page("demo", configuration)?.count
        }
    }

    private func setting(wantsClientCertificate: Bool = false) async throws -> Setting {
        let index = try await LoopbackIndex(protection: .init(wantsClientCertificate: wantsClientCertificate))
        index.add(WheelBuilder("demo", "1"))
        index.update { $0.cacheControl = "no-store" }
        return Setting(fixture: try await ClientFixture(), index: index)
    }

    @Test func aStrangeAuthorityIsNotTrusted() async throws {
        let setting = try await setting()
        let error = await #expect(throws: PackageSourceError.self) { try await setting.count { _ in } }
        guard case .unreachable(_, attempts: 1, let reason)? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
        #expect(reason.contains("authority") && reason.contains("SSL_CERT_FILE"))
        #expect(setting.fixture.pauses.all.isEmpty)
    }

    @Test func authoritiesComeFromFilesAndFolders() async throws {
        let setting = try await setting()
        let file = try setting.write("authority.pem", TestCertificates.authority)
        let names = try setting.write("plain/mine.crt", TestCertificates.authority)
        let hashes = try setting.write("hashed/\(TestCertificates.authorityHash).0", TestCertificates.authority)
        let other = try setting.write("other.pem", TestCertificates.client)
        func folder(_ path: String) -> String { FilePath(path).removingLastComponent().string }
        #expect(try await setting.count { $0.certificateFile = file } == 1)
        #expect(try await setting.count { $0.certificateFolder = folder(names) } == 1)
        #expect(try await setting.count { $0.certificateFolder = folder(hashes) } == 1)
        for place in [names, hashes] {
            #expect(try await setting.count { ($0.certificateFile, $0.certificateFolder) = (other, folder(place)) } == 1)
            #expect(try await setting.count { ($0.certificateFile, $0.certificateFolder) = (file, folder(place)) } == 1)
        }
        await #expect(throws: PackageSourceError.self) { try await setting.count { $0.certificateFile = other } }
    }

    @Test func filesWithoutCertificatesAreSaid() async throws {
        let setting = try await setting()
        let nothing = try setting.write("none/x.pem", "nothing")
        let folder = FilePath(nothing).removingLastComponent().string
        for change in [
            { $0.certificateFolder = folder }, { $0.clientCertificate = nothing },
        ] as [(inout IndexConfiguration) -> Void] {
            let error = await #expect(throws: PackageSourceError.self) { try await setting.count(change) }
            guard case .configuration(let file, _, _)? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
            #expect(file == folder || file == nothing)
        }
    }

    @Test func trustedHostsAreNotChecked() async throws {
        let setting = try await setting()
        #expect(try await setting.count { $0.trustedHosts = ["localhost"] } == 1)
        #expect(try await setting.count { $0.trustedHosts = ["localhost:\(setting.index.server.port)"] } == 1)
        await #expect(throws: PackageSourceError.self) { try await setting.count { $0.trustedHosts = ["localhost:1"] } }
    }

    @Test func aCertificateForTheClient() async throws {
        let setting = try await setting(wantsClientCertificate: true)
        let file = try setting.write("authority.pem", TestCertificates.authority)
        let own = try setting.write("own.pem", TestCertificates.client, TestCertificates.clientKey)
        #expect(try await setting.count { ($0.certificateFile, $0.clientCertificate) = (file, own) } == 1)
        await #expect(throws: PackageSourceError.self) { try await setting.count { $0.certificateFile = file } }
    }

    // MARK: Proxies

    private func proxied(_ environment: [String: String], _ configuration: inout IndexConfiguration) throws {
        configuration.proxies = try ProxyConfiguration(environment: environment, pipProxy: nil)
    }

    @Test(arguments: ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
    func plainAddressesAreAskedThroughTheProxy(variable: String) async throws {
        let fixture = try await ClientFixture()
        let page = "{\"meta\": {\"api-version\": \"1.0\"}, \"files\": [{\"filename\": \"demo-1.tar.gz\", \"url\": \"demo-1.tar.gz\"}]}"
        let proxy = try await LoopbackServer { _ in
            .init(200, [("Content-Type", "application/vnd.pypi.simple.v1+json")], Array(page.utf8))
        }
        var configuration = try IndexConfiguration(index: "http://packages.example/simple")
        try proxied([variable: proxy.url.replacing("http://", with: "http://me:p%40ss@")], &configuration)
        let listing = try #require(try await fixture.page("demo", configuration))
        #expect(listing.first?.files.first?.file.url == "http://packages.example/simple/demo/demo-1.tar.gz")
        let request = try #require(proxy.requests.first)
        #expect(request.path == "http://packages.example/simple/demo/")
        #expect(request.header("proxy-authorization") == "Basic bWU6cEBzcw==")
        try proxied([variable: proxy.url, "no_proxy": "packages.example"], &configuration)
        let origin = try #require(configuration.indexes.first).address.origin
        #expect(configuration.proxies.proxy(for: origin) == nil)
    }

    @Test func protectedAddressesAreAskedThroughATunnel() async throws {
        let fixture = try await ClientFixture()
        let proxy = try await LoopbackServer { _ in .init(407) }
        var configuration = try IndexConfiguration(index: "https://packages.example/simple")
        try proxied(["HTTPS_PROXY": proxy.url.replacing("http://", with: "http://me:secret-word@")], &configuration)
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", configuration) }
        guard case .unreachable(_, attempts: 1, let reason)? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
        #expect(reason.contains("proxy wants credentials"))
        let request = try #require(proxy.requests.first)
        #expect(request.method == "CONNECT" && request.path == "packages.example:443")
        #expect(request.header("proxy-authorization") == "Basic bWU6c2VjcmV0LXdvcmQ=")
        #expect(proxy.requests.count == 1)
        let words = "\(String(describing: error)) \(String(describing: error?.diagnostic)) \(configuration)"
        #expect(!words.contains("secret-word"))
    }

    @Test func aProxyThatCannotBeUsedIsSaid() async throws {
        let fixture = try await ClientFixture()
        var configuration = try IndexConfiguration(index: "http://packages.example/simple")
        try proxied(["http_proxy": "https://me:secret-word@proxy.example"], &configuration)
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", configuration) }
        guard case .configuration(let file, _, let problem)? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
        #expect(problem.contains("http://") && file.contains("proxy.example") && !file.contains("secret-word"))
        for text in ["ftp://proxy.example", "http://"] {
            #expect(throws: PackageSourceError.self) {
                try ProxyConfiguration(environment: ["http_proxy": text], pipProxy: nil)
            }
        }
        // Where a web server hands headers of strangers to a program, this one may be theirs.
        let asked = try ProxyConfiguration(
            environment: ["HTTP_PROXY": "http://proxy.example", "REQUEST_METHOD": "GET"], pipProxy: nil)
        #expect(asked.plain == nil)
    }
}
