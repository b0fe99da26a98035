import CondaChannels
import CondaPackaging
import Diagnostics
import FoundationEssentials
import PackageSources
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Logins that rattler, mamba and anaconda-client have stored.
@Suite struct StoredLoginTests {
    /// A channel that wants to know who asks, and a home with files in it.
    private struct Setting {
        let fixture: ChannelFixture
        var variables: [String: String] = [:]

        init(token: String? = nil, authorization: String? = nil) async throws {
            let files = ["noarch/repodata.json": repodata(["six-1.0-0"]), "noarch/six-1.0-0.conda": Array("an archive".utf8)]
            fixture = try await ChannelFixture(files)
            fixture.update { site in
                site.authorization = authorization
                guard let token else { return }
                site.files = Dictionary(uniqueKeysWithValues: site.files.map { ("/t/\(token)" + $0.key, $0.value) })
            }
            variables = ["HOME": fixture.folder.path.appending("home").string]
        }

        var host: String { "127.0.0.1:\(fixture.server.port)" }

        func write(_ name: String, _ text: String) throws -> String {
            try fixture.folder.write(folders: "home/\(name)", Array(text.utf8)).string
        }

        /// Asks for repodata and an archive of the channel, as a person who has written nothing of passwords anywhere.
        func fetch() async throws {
            var options = ChannelOptions()
            options.channels = ["\(fixture.server.url)/demo"]
            options.systemFolder = fixture.folder.path.string
            let settings = try ChannelSettings.discover(options: options, environment: variables)
            #expect(!"\(settings.logins)".contains("se-cret"))
            try await fixture.withClient(settings, environment: variables) { client in
                let contents = try await client.contents(of: client.settings.channels(), for: .linux64)
                let name = try ArchiveName(parsing: "six-1.0-0.conda")
                let url = contents[0].url(of: name)
                #expect(!url.contains("se-cret") && !contents[0].origin.contains("se-cret"))
                #expect(try await client.archives.fetch(CondaArchiveOrder(url: url)).size == 10)
            }
            for file in try fixture.folder.everything("cache") {
                #expect(!String(decoding: file.bytes, as: UTF8.self).contains("se-cret"), "\(file.path)")
            }
        }
    }

    private static func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }

    @Test(arguments: ["127.0.0.1", "HOST", "HOST/demo", "http://HOST/demo/"])
    func aFileOfRattler(place: String) async throws {
        var setting = try await Setting(authorization: Self.basic("me:se-cret"))
        let text = #"{"other.example": {"BearerToken": "x"}, "PLACE": {"BasicHTTP": {"username": "me", "password": "se-cret"}}, "c": "GoogleCloud"}"#
        let path = try setting.write("auth.json", text.replacing("PLACE", with: place.replacing("HOST", with: setting.host)))
        setting.variables["RATTLER_AUTH_FILE"] = path
        try await setting.fetch()
    }

    @Test func theUsualFileOfRattler() async throws {
        let setting = try await Setting(authorization: "Bearer se-cret")
        _ = try setting.write(".rattler/credentials.json", #"{"127.0.0.1": {"BearerToken": "se-cret"}}"#)
        try await setting.fetch()
    }

    @Test func aTokenGoesIntoThePath() async throws {
        let setting = try await Setting(token: "se-cret")
        _ = try setting.write(".rattler/credentials.json", #"{"127.0.0.1": {"CondaToken": "se-cret"}}"#)
        try await setting.fetch()
    }

    @Test(arguments: [
        #"{"HOST": {"type": "BasicHTTPAuthentication", "user": "me", "password": "c2UtY3JldA=="}}"#,
        #"{"HOST/demo": {"type": "BasicHTTPAuthentication", "user": "me", "password": "c2UtY3JldA=="}, "HOST/other": {"type": "BearerToken", "token": "no"}}"#,
    ])
    func aFileOfMamba(text: String) async throws {
        let setting = try await Setting(authorization: Self.basic("me:se-cret"))
        _ = try setting.write(".mamba/auth/authentication.json", text.replacing("HOST", with: setting.host))
        try await setting.fetch()
    }

    @Test(arguments: [".continuum/anaconda-client/tokens", ".config/binstar", ".local/share/binstar"])
    func aTokenOfAnacondaClient(folder: String) async throws {
        let setting = try await Setting(token: "se-cret")
        let name = "http://\(setting.host)/".replacing(":", with: "%3A").replacing("/", with: "%2F")
        _ = try setting.write("\(folder)/\(name).token", "se-cret\n")
        _ = try setting.write("\(folder)/other.token", "x")
        try await setting.fetch()
    }

    @Test func theKeyringKnowsThePassword() async throws {
        var setting = try await Setting(authorization: Self.basic("me:se-cret"))
        let channel = "\(setting.fixture.server.url)/demo"
        _ = try setting.write(".condarc", "channel_settings:\n  - channel: \(channel)\n    auth: http-basic\n    username: me\n")
        let script = "#!/bin/sh\ntest \"$1 $2 $3\" = 'get conda-auth::http-basic::\(channel) me' && echo se-cret\n"
        let command = try setting.write("keyring", script)
        #expect(chmod(command, 0o755) == 0)
        setting.variables["PATH"] = "\(setting.variables["HOME"] ?? ""):/usr/bin:/bin"
        setting.variables["PENSTOCK_KEYRING_PROVIDER"] = "subprocess"
        try await setting.fetch()
    }

    @Test func whatIsMoreExactGoesFirst() async throws {
        let setting = try await Setting(authorization: "Bearer se-cret")
        let netrc = try setting.write(".netrc", "machine 127.0.0.1 login me password other\n")
        _ = try setting.write(".rattler/credentials.json", #"{"127.0.0.1": {"BearerToken": "other"}}"#)
        _ = try setting.write(".mamba/auth/authentication.json", #"{"\#(setting.host)/demo": {"type": "BearerToken", "token": "se-cret"}}"#)
        var with = setting
        with.variables["NETRC"] = netrc
        try await with.fetch()
    }

    @Test(arguments: [("*.example.org", true), ("*.other.org", false), ("a.example.org", true), ("example.org", false)])
    func hostsOfTokens(name: String, isMeant: Bool) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("auth.json", Array(#"{"\#(name)": {"CondaToken": "se-cret"}}"#.utf8))
        var options = ChannelOptions()
        options.systemFolder = folder.path.string
        let settings = try ChannelSettings.discover(options: options, environment: ["RATTLER_AUTH_FILE": file.string])
        let channel = try settings.channel(named: "https://a.example.org/c", origin: "the test")
        #expect(try settings.addresses(of: channel).map(\.credentials) == [isMeant ? .token("se-cret") : nil])
    }

    @Test(arguments: ["{", "[]", "nothing"])
    func aBrokenFile(text: String) throws {
        let folder = try TemporaryFolder()
        var options = ChannelOptions()
        options.systemFolder = folder.path.string
        let usual = try folder.write(folders: ".rattler/credentials.json", Array(text.utf8)).string
        let home = ["HOME": folder.path.string]
        let settings = try ChannelSettings.discover(options: options, environment: home)
        #expect(settings.warnings == ["\(usual) has no logins that can be read, and is passed over"])
        let named = home.merging(["RATTLER_AUTH_FILE": usual]) { $1 }
        let error = #expect(throws: CondaChannelError.self) { try ChannelSettings.discover(options: options, environment: named) }
        guard case .configuration(usual, _, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test func anotherWayToBeLetInIsSaid() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(".condarc", Array("channel_settings:\n  - {channel: a, auth: token}\n  - {channel: b}\n".utf8))
        var options = ChannelOptions()
        options.systemFolder = folder.path.string
        let settings = try ChannelSettings.discover(options: options, environment: ["HOME": folder.path.string])
        #expect(settings.warnings.count == 1 && settings.warnings[0].hasPrefix("'auth: token' of the channel a in "))
    }
}
