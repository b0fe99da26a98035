import PackageSources
import PythonPackaging
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
    /// A file that is there.
    private static let someFile = #filePath

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
            ).indexes.last?.address.host
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

    @Test func furtherIndexesComeBeforeTheMainOne() async throws {
        let configuration = try await discover([
            "PIP_INDEX_URL": "https://main.example/simple/",
            "PIP_EXTRA_INDEX_URL": "https://extra.example/simple\nhttps://main.example/simple",
            "UV_INDEX": "corp=https://corp.example/simple", "UV_INDEX_CORP_USERNAME": "u",
            "UV_INDEX_CORP_PASSWORD": "secret",
        ])
        #expect(configuration.indexes.map(\.address.host) == ["corp.example", "extra.example", "main.example"])
        #expect(configuration.strategy == .firstIndex)
        #expect(configuration.indexes[0].name == "corp")
        #expect(configuration.indexes[0].address.credentials?.user == "u")
        #expect(configuration.indexes[0].address.redacted == "https://****@corp.example/simple")
    }

    @Test(arguments: [
        "https://files.example/a?X-Amz-Credential=AKID%2F2026&X-Amz-Expires=60&X-Amz-Signature=abc",
        "https://files.example/a?sv=2026&sig=abc%3D", "https://files.example/a?access_token=abc",
    ])
    func signaturesAreNotShown(url: String) throws {
        let address = try #require(IndexAddress(parsing: url))
        #expect(address.url == url && address.redacted == "https://files.example/a?****")
    }

    @Test func plainQueriesAreShown() throws {
        let url = "https://files.example/a?version=2&format=json"
        #expect(IndexAddress(parsing: url)?.redacted == url)
    }

    @Test func laterPipFilesComeOverEarlierOnes() async throws {
        let files = [
            "etc/xdg/pip/pip.conf": "[global]\nindex-url = https://system.example\ncert = \(Self.someFile)\n",
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
        #expect(configuration.indexes.map(\.address.host) == ["one.example", "two.example", "install.example"])
        #expect(configuration.certificateFile == Self.someFile)
        let disabled = try await discover(
            ["PIP_CONFIG_FILE": "/dev/null"], files: files, pipDefault: "https://default.example")
        #expect(disabled.indexes.map(\.address.host) == ["default.example"])
    }

    @Test func aProjectComesBeforeThePerson() async throws {
        let files = [".config/uv/uv.toml": "index-url = 'https://person.example'\nextra-index-url = ['https://more.example']"]
        let own = try await discover(
            files: files, project: ["pyproject.toml": "[tool.uv]\nindex-url = \"https://project.example\"\n"])
        #expect(own.indexes.map(\.address.host) == ["more.example", "project.example"])
    }

    @Test func otherSettings() async throws {
        let configuration = try await discover(
            [
                "PIP_INDEX_URL": "https://main.example", "PIP_TRUSTED_HOST": "main.example other.example:8080",
                "PIP_DEFAULT_TIMEOUT": "180", "SSL_CERT_FILE": Self.someFile, "PIP_FIND_LINKS": "/wheels https://links.example/x.html",
                "UV_OFFLINE": "1", "HTTPS_PROXY": "proxy.example:3128",
            ])
        #expect(configuration.trustedHosts == ["main.example", "other.example:8080"])
        #expect(configuration.timeout == .seconds(180))
        #expect(configuration.certificateFile == Self.someFile)
        #expect(configuration.isOffline)
        #expect(configuration.flatIndexes.map(\.address.url) == ["file:///wheels", "https://links.example/x.html"])
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.proxies.secure?.host == "proxy.example")
    }

    @Test(arguments: ["file://elsewhere/srv/wheels", "/srv/wheels", "main.example/simple", "ftp://u:pass@main.example", "", "   "])
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
        ("https://172.16.200.3/x", nil), ("https://172.32.0.1/x", "proxy.example"), ("https://[fd00::7]:8443/x", nil),
        ("https://[fe00::7]/x", "proxy.example"), ("https://192.168.7.7/x", nil), ("https://192.168.7.8/x", "proxy.example"),
    ])
    func proxiesHaveExceptions(url: String, proxy: String?) throws {
        let proxies = try ProxyConfiguration(
            environment: ["https_proxy": "http://u:p@proxy.example:3128", "NO_PROXY": ".internal.example, 10.0.0.1:8443,172.16.0.0/12,fd00::/8,192.168.7.7"],
            pipProxy: nil)
        let origin = try #require(IndexAddress(parsing: url)).origin
        #expect(proxies.proxy(for: origin)?.host == proxy)
    }

    /// What Python's codec "idna" makes of them, and the samples of RFC 3492.
    @Test(arguments: [
        ("http://bücher.example/simple/", "http://xn--bcher-kva.example/simple/", "xn--bcher-kva.example"),
        ("https://u:p@BÜCHER.example:8443/ä", "https://xn--bcher-kva.example:8443/%C3%A4", "xn--bcher-kva.example"),
        ("https://例え.テスト/x", "https://xn--r8jz45g.xn--zckzah/x", "xn--r8jz45g.xn--zckzah"),
        ("https://例え。テスト/x", "https://xn--r8jz45g.xn--zckzah/x", "xn--r8jz45g.xn--zckzah"),
        ("https://3年b組金八先生/", "https://xn--3b-ww4c5e180e575a65lsy2b/", "xn--3b-ww4c5e180e575a65lsy2b"),
        ("https://почемужеонинеговорятпорусски/", "https://xn--b1abfaaepdrnnbgefbadotcwatmq2g4l/", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"),
        ("https://münchen-ost.example", "https://xn--mnchen-ost-9db.example", "xn--mnchen-ost-9db.example"),
        ("https://[fd00::7]:8443/ü", "https://[fd00::7]:8443/%C3%BC", "fd00::7"),
        ("HTTPS://Index.Example/x", "HTTPS://Index.Example/x", "index.example"),
    ])
    func hostsAreKnownByTheirNameInDNS(text: String, url: String, host: String) throws {
        let address = try #require(IndexAddress(parsing: text))
        #expect(address.url == url)
        #expect(address.host == host)
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

    @Test func namedExplicitAndPinned() async throws {
        var options = IndexOptions()
        options.extraIndexURLs = ["fast=https://fast.example/simple"]
        options.explicitIndexes = ["torch=https://torch.example/cpu"]
        options.pins = [
            IndexPin(package: try PackageName(parsing: "torch"), index: "torch"),
            IndexPin(package: try PackageName(parsing: "x"), index: "https://x.example/simple/"),
        ]
        let configuration = try await discover(
            ["PENSTOCK_INDEX_URL": "https://main.example", "PENSTOCK_INDEX_TORCH_PASSWORD": "secret"], options: options,
            project: ["pyproject.toml": """
                [tool.uv.sources]
                Speedy = { index = "fast" }
                jax = [{ index = "gpu", marker = "sys_platform == 'linux'" }, { git = "https://git.example/jax" }]
                [[tool.uv.index]]
                name = "gpu"
                url = "https://gpu.example/links.html"
                format = "flat"
                explicit = true
                """])
        #expect(configuration.indexes.map(\.address.host) == ["fast.example", "main.example"])
        #expect(configuration.pins.map(\.package.description) == ["torch", "x", "speedy", "jax"])
        #expect(configuration.pins.map(\.index.address.host) == ["torch.example", "x.example", "fast.example", "gpu.example"])
        #expect(configuration.pins[0].index.address.credentials != nil)
        #expect(configuration.pins[3].index.layout == .flat)
        #expect(configuration.pins[3].marker != nil)
        options.pins = [IndexPin(package: try PackageName(parsing: "torch"), index: "touch")]
        let error = await #expect(throws: PackageSourceError.self) {
            try await discover(["PENSTOCK_INDEX_URL": "https://main.example"], options: options)
        }
        guard case .unknownIndex(name: "touch", _, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test(arguments: [
        (["PENSTOCK_INDEX_STRATEGY": "unsafe-best-match", "UV_INDEX_STRATEGY": "first-index"], IndexStrategy.unsafeBestMatch),
        (["UV_INDEX_STRATEGY": "unsafe-first-match"], .unsafeFirstMatch), ([:], .unsafeBestMatch),
    ])
    func strategies(environment: [String: String], strategy: IndexStrategy) async throws {
        let files = [".config/uv/uv.toml": "index-strategy = 'unsafe-best-match'\nindex-url = 'https://main.example'"]
        #expect(try await discover(environment, files: files).strategy == strategy)
        var options = IndexOptions()
        options.strategy = .firstIndex
        #expect(try await discover(environment, files: files, options: options).strategy == .firstIndex)
        await #expect(throws: PackageSourceError.self) {
            try await discover(["UV_INDEX_STRATEGY": "all"], files: files)
        }
    }

    @Test(arguments: [
        ["PIP_NO_INDEX": "1"], ["UV_NO_INDEX": "true"], ["PENSTOCK_NO_INDEX": "yes", "PIP_INDEX_URL": "https://main.example"],
    ])
    func noIndexAtAll(environment: [String: String]) async throws {
        var environment = environment
        environment["UV_FIND_LINKS"] = "/one,https://two.example/links"
        let configuration = try await discover(environment)
        #expect(configuration.indexes.isEmpty)
        #expect(configuration.flatIndexes.map(\.address.url) == ["file:///one", "https://two.example/links"])
        var options = IndexOptions()
        options.indexURL = "https://option.example"
        #expect(try await discover(environment, options: options).indexes.count == 1, "who names one wants it")
        options.ignoresIndexes = true
        #expect(try await discover(environment, options: options).indexes.isEmpty)
    }

    @Test func certificatesHaveToBeThere() async throws {
        for name in ["PENSTOCK_CA_FILE", "PIP_CERT", "SSL_CERT_FILE", "PIP_CLIENT_CERT"] {
            let error = await #expect(throws: PackageSourceError.self) {
                try await discover(["PIP_INDEX_URL": "https://main.example", name: "/nowhere/certs.pem"])
            }
            guard case .configuration(name, _, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
        }
        let folders = try await discover(["PIP_INDEX_URL": "https://main.example", "SSL_CERT_DIR": "/nowhere:/tmp"])
        #expect(folders.certificateFolder == "/tmp")
    }

    @Test func optionsTakeOverWhatFilesSay() {
        var own = IndexOptions()
        own.indexURL = "https://own.example"
        own.extraIndexURLs = ["https://one.example"]
        var file = IndexOptions()
        file.indexURL = "https://file.example"
        file.extraIndexURLs = ["https://one.example", "https://two.example"]
        file.findLinks = ["/wheels"]
        file.ignoresIndexes = true
        own.add(file)
        #expect(own.indexURL == "https://own.example")
        #expect(own.extraIndexURLs == ["https://one.example", "https://two.example"])
        #expect(own.findLinks == ["/wheels"])
        #expect(own.ignoresIndexes)
    }
}
