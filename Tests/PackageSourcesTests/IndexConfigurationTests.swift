import PackageSources
import SystemPackage
import TestSupport
import Testing

private struct NobodyKnows: Error {}

/// A home folder with configuration files, and what is found in it.
private func discover(
    _ environment: [String: String] = [:], files: [String: String] = [:], options: IndexOptions = .init(),
    project: [String: String] = [:], pipDefault: String? = nil
) async throws -> IndexConfiguration {
    let home = try TemporaryFolder()
    for (path, text) in files { _ = try home.write(folders: path, Array(text.utf8)) }
    for (path, text) in project { _ = try home.write(folders: "project/\(path)", Array(text.utf8)) }
    var options = options
    options.systemFolder = home.path.appending("etc").string
    if !project.isEmpty { options.projectFolder = home.path.appending("project").string }
    let own = ["HOME": home.path.string]
    return try await IndexConfiguration.discover(
        options: options, environment: own.merging(environment) { $1 },
        defaultIndex: {
            guard let pipDefault else { throw NobodyKnows() }
            return pipDefault
        })
}

@Suite struct IndexConfigurationTests {
    /// Each row takes one answer away; what is left decides.
    @Test func theRanksOfTheMainIndex() async throws {
        var environment = [
            "PENSTOCK_INDEX_URL": "https://penstock.example/simple", "PIP_INDEX_URL": "https://pip.example/simple",
            "UV_DEFAULT_INDEX": "main=https://uv.example/simple", "UV_INDEX_URL": "https://old-uv.example/simple",
        ]
        var files = [
            ".config/pip/pip.conf": "[global]\nindex-url = https://pip-file.example/simple\n",
            ".config/uv/uv.toml": "[[index]]\nurl = 'https://uv-file.example/simple'\ndefault = true\n",
        ]
        var options = IndexOptions()
        options.indexURL = "https://option.example/simple"
        func main() async throws -> String? {
            try await discover(
                environment, files: files, options: options, pipDefault: "https://default.example/simple/"
            ).indexes.first?.address.host
        }
        #expect(try await main() == "option.example")
        options.indexURL = nil
        for (name, host) in [
            ("PENSTOCK_INDEX_URL", "penstock.example"), ("PIP_INDEX_URL", "pip.example"),
            ("UV_DEFAULT_INDEX", "uv.example"), ("UV_INDEX_URL", "old-uv.example"),
        ] {
            #expect(try await main() == host)
            environment[name] = nil
        }
        #expect(try await main() == "pip-file.example")
        files[".config/pip/pip.conf"] = "[global]\ntimeout = 60\n"
        #expect(try await main() == "uv-file.example")
        files[".config/uv/uv.toml"] = nil
        #expect(try await main() == "default.example")
    }

    @Test func furtherIndexesMeanWhatTheirToolMeans() async throws {
        let configuration = try await discover([
            "PIP_INDEX_URL": "https://main.example/simple/",
            "PIP_EXTRA_INDEX_URL": "https://extra.example/simple\nhttps://main.example/simple",
            "UV_INDEX": "corp=https://corp.example/simple", "UV_INDEX_CORP_USERNAME": "u",
            "UV_INDEX_CORP_PASSWORD": "secret",
        ])
        #expect(configuration.groups.map { $0.map(\.address.host) } == [["corp.example"], ["main.example", "extra.example"]])
        #expect(configuration.indexes[0].name == "corp")
        #expect(configuration.indexes[0].address.credentials?.user == "u")
        #expect(configuration.indexes[0].address.redacted == "https://****@corp.example/simple")
    }

    @Test func laterPipFilesComeOverEarlierOnes() async throws {
        let files = [
            "etc/xdg/pip/pip.conf": "[global]\nindex-url = https://system.example\ncert = /system.pem\n",
            ".config/pip/pip.conf": """
            # mine
            [global]
            index-url: https://user.example
            extra-index-url =
                https://one.example
                https://two.example
            [install]
            index_url = https://install.example
            [freeze]
            index-url = https://freeze.example
            """,
        ]
        let configuration = try await discover(files: files)
        #expect(configuration.indexes.map(\.address.host) == ["install.example", "one.example", "two.example"])
        #expect(configuration.certificateFile == "/system.pem")
        let disabled = try await discover(
            ["PIP_CONFIG_FILE": "/dev/null"], files: files, pipDefault: "https://default.example")
        #expect(disabled.indexes.map(\.address.host) == ["default.example"])
    }

    @Test func aProjectComesBeforeThePerson() async throws {
        let files = [".config/uv/uv.toml": "index-url = 'https://person.example'\nextra-index-url = ['https://more.example']"]
        let own = try await discover(
            files: files, project: ["pyproject.toml": "[tool.uv]\nindex-url = \"https://project.example\"\n"])
        #expect(own.groups.map { $0.map(\.address.host) } == [["more.example"], ["project.example"]])
    }

    @Test func otherSettings() async throws {
        let configuration = try await discover(
            [
                "PIP_INDEX_URL": "https://main.example", "PIP_TRUSTED_HOST": "main.example other.example:8080",
                "PIP_DEFAULT_TIMEOUT": "180", "SSL_CERT_FILE": "/certs.pem", "PIP_FIND_LINKS": "/wheels",
                "UV_OFFLINE": "1", "HTTPS_PROXY": "proxy.example:3128",
            ])
        #expect(configuration.trustedHosts == ["main.example", "other.example:8080"])
        #expect(configuration.timeout == .seconds(180))
        #expect(configuration.certificateFile == "/certs.pem")
        #expect(configuration.isOffline)
        #expect(configuration.hints.count == 1)
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.proxies.secure?.host == "proxy.example")
    }

    @Test(arguments: ["file:///srv/wheels", "main.example/simple", "ftp://u:pass@main.example", "", "   "])
    func refusesOtherAddresses(url: String) async throws {
        let error = await #expect(throws: PackageSourceError.self) {
            var options = IndexOptions()
            options.indexURL = url
            return try await discover(options: options)
        }
        guard case .unusableAddress(let shown, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(!shown.contains("pass"))
    }

    @Test func namesTheLineOfABrokenFile() async throws {
        let error = await #expect(throws: PackageSourceError.self) {
            try await discover(files: [".config/pip/pip.conf": "[global]\nindex-url = https://a.example\nnonsense\n"])
        }
        guard case .configuration(_, let line, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(line == 3)
        await #expect(throws: PackageSourceError.self) {
            try await discover(files: [".config/uv/uv.toml": "index-url = "])
        }
        await #expect(throws: PackageSourceError.self, "nobody knows an index") { try await discover() }
    }

    @Test(arguments: [
        ("https://index.example/simple", "proxy.example"), ("https://a.internal.example/x", nil),
        ("https://internal.example/x", nil), ("https://notinternal.example/x", "proxy.example"),
        ("https://10.0.0.1:8443/x", nil), ("https://10.0.0.1/x", "proxy.example"), ("http://index.example/simple", nil),
    ])
    func proxiesHaveExceptions(url: String, proxy: String?) throws {
        let proxies = try ProxyConfiguration(
            environment: ["https_proxy": "http://u:p@proxy.example:3128", "NO_PROXY": ".internal.example, 10.0.0.1:8443"],
            pipProxy: nil)
        let origin = try #require(IndexAddress(parsing: url)).origin
        #expect(proxies.proxy(for: origin)?.host == proxy)
    }

    @Test func readsNetrc() {
        let netrc = NetrcFile(
            parsing: """
                # mine
                machine index.example login me password "two words"
                machine other.example
                  login you
                  password #hash
                macdef init
                  machine evil.example login x password y

                default login anonymous password guest
                """)
        #expect(netrc.credentials(for: "index.example")?.password == "two words")
        #expect(netrc.credentials(for: "other.example")?.user == "you")
        #expect(netrc.credentials(for: "other.example")?.password == "#hash")
        #expect(netrc.credentials(for: "evil.example")?.user == "anonymous")
    }
}
