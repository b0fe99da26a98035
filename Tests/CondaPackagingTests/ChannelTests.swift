import CondaPackaging
import Testing

@Suite struct ChannelTests {
    static let home = "https://channels.example"

    /// References, the URL they stand for, and the name.
    @Test(arguments: [
        ("conda-forge", "https://channels.example/conda-forge", "conda-forge"),
        ("conda-forge/", "https://channels.example/conda-forge", "conda-forge"),
        ("a/label/dev", "https://channels.example/a/label/dev", "a/label/dev"),
        ("https://channels.example/conda-forge/", "https://channels.example/conda-forge", "conda-forge"),
        ("https://other.example/a/b", "https://other.example/a/b", "a/b"),
        ("https://other.example:8443", "https://other.example:8443", "other.example:8443"),
        ("/srv/my channel", "file:///srv/my%20channel", "my%20channel"), ("./here", "file:///srv/flow/here", "here"),
        ("../there", "file:///srv/there", "there"), ("file:///srv/c", "file:///srv/c", "c"),
    ])
    func resolving(text: String, url: String, name: String) throws {
        let reference = try ChannelReference(parsing: text)
        let channel = try CondaChannel(reference, home: Self.home, folder: "/srv/flow")
        #expect(channel.baseURL == url && channel.name == name && channel.credentials == nil)
        #expect(channel.url(of: .linux64) == url + "/linux-64")
        #expect(try channel.url(of: ArchiveName(parsing: "a-1-0.conda"), in: .noarch) == url + "/noarch/a-1-0.conda")
    }

    /// What lets a person in is no part of what can be written down.
    @Test(arguments: [
        ("https://me:secret@h.example/c", "https://h.example/c", ChannelCredentials.basic(user: "me", password: "secret")),
        ("https://me@h.example/c", "https://h.example/c", .basic(user: "me", password: "")),
        ("https://a:b@c:secret@h.example/c", "https://h.example/c", .basic(user: "a", password: "b@c:secret")),
        ("https://h.example/t/secret/c", "https://h.example/c", .token("secret")),
        ("https://h.example/t/secret", "https://h.example", .token("secret")),
    ])
    func credentials(text: String, url: String, credentials: ChannelCredentials) throws {
        let channel = try CondaChannel(ChannelReference(parsing: text), home: Self.home)
        #expect(channel.baseURL == url && channel.credentials == credentials)
        for shown in ["\(channel)", "\(credentials)", String(reflecting: credentials), channel.url(of: .noarch)] {
            #expect(!shown.contains("secret"))
        }
        let other = try CondaChannel(ChannelReference(parsing: url), home: Self.home)
        #expect(channel != other && channel.baseURL == other.baseURL)
    }

    @Test(arguments: ["", "a\nb", "a::b", "a[b]", "c:\\d", "a?b"])
    func refused(text: String) {
        let error = #expect(throws: ChannelError.self) { try ChannelReference(parsing: text) }
        #expect(error?.text == text)
    }

    @Test func errorsKeepSecrets() throws {
        let error = #expect(throws: ChannelError.self) { try ChannelReference(parsing: "https://me:secret@h.example/c\u{7}") }
        #expect(error?.description.contains("secret") == false)
        let relative = try ChannelReference(parsing: "./here")
        #expect(throws: ChannelError.self) { try CondaChannel(relative, home: Self.home) }
        #expect(throws: ChannelError.self) { try CondaChannel(ChannelReference(parsing: "~/c"), home: Self.home, folder: "/a") }
    }

    @Test func meaning() throws {
        let channel = try CondaChannel(ChannelReference(parsing: "conda-forge"), home: Self.home)
        for (text, isMeant) in [
            ("conda-forge", true), ("https://channels.example/conda-forge", true),
            ("https://t:s@channels.example/conda-forge", true), ("other", false),
        ] {
            #expect(try ChannelReference(parsing: text).isMeant(channel, home: Self.home) == isMeant)
        }
    }

    @Test(arguments: [
        ("linux-64", "linux", "64", true), ("osx-arm64", "osx", "arm64", true), ("win-64", "win", "64", false),
        ("noarch", "", "", false),
        ("emscripten-wasm32", "emscripten", "wasm32", true), ("mynew-cpu128", "mynew", "cpu128", false),
    ])
    func subdirs(text: String, system: String, architecture: String, isUnix: Bool) throws {
        let subdir = try Subdir(parsing: text)
        #expect(subdir.operatingSystem == system && subdir.architecture == architecture && subdir.isUnix == isUnix)
        #expect(try Coding.value(Subdir.self, from: Coding.json(subdir)) == subdir)
    }

    @Test(arguments: [
        "", "linux", "Linux-64", "linux-64-x", "-64", "linux-", "linux/64", "a-b\n", "a-" + String(repeating: "b", count: 40),
    ])
    func refusedSubdirs(text: String) {
        #expect(throws: SubdirError.self) { try Subdir(parsing: text) }
    }
}
