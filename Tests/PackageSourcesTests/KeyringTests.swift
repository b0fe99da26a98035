import Diagnostics
import PackageSources
import PythonPackaging
import Synchronization
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

/// A command `keyring` that writes down what it is asked.
@Suite struct KeyringTests {
    private struct Setting {
        var fixture: ClientFixture
        var questions: [String] { (try? fixture.folder.read("questions")).map { String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init) } ?? [] }

        func configuration(
            user: String? = nil, _ environment: [String: String] = ["UV_KEYRING_PROVIDER": "subprocess"]
        ) async throws -> IndexConfiguration {
            var options = IndexOptions()
            options.indexURL = user.map { fixture.index.url.replacing("http://", with: "http://\($0)@") } ?? fixture.index.url
            options.systemFolder = fixture.folder.path.string
            let own = ["PATH": fixture.folder.path.appending("bin").string]
            return try await IndexConfiguration.discover(
                options: options, environment: own.merging(environment) { $1 }, defaultIndex: { "" })
        }
    }

    private func setting(_ script: String) async throws -> Setting {
        let fixture = try await ClientFixture()
        fixture.index.update { $0.credentials = ("me", "secret-word") }
        for name in ["demo", "other"] { fixture.index.add(WheelBuilder(name, "1")) }
        let text = "#!/bin/sh\necho \"$@\" >> '\(fixture.folder.path.appending("questions"))'\n\(script)\n"
        _ = try fixture.folder.writeProgram("bin/keyring", text)
        return Setting(fixture: fixture)
    }

    private func host(_ setting: Setting) -> String { "127.0.0.1:\(setting.fixture.index.server.port)" }

    @Test func aUserWithoutAPassword() async throws {
        let setting = try await setting("echo secret-word")
        try await setting.fixture.withClient(try await setting.configuration(user: "me")) { client async throws in
            #expect(try await client.page(for: PackageName(parsing: "demo"))?.count == 1)
            #expect(try await client.page(for: PackageName(parsing: "other"))?.count == 1)
        }
        #expect(setting.questions == ["get http://\(host(setting))/simple me"])
        #expect(setting.fixture.index.requestCount() == 2, "nothing is asked without the password")
    }

    @Test func theHostIsAskedForWhereTheAddressIsUnknown() async throws {
        let setting = try await setting("case $2 in http*) exit 1;; *) echo secret-word;; esac")
        #expect(try await setting.fixture.page("demo", try await setting.configuration(user: "me"))?.count == 1)
        #expect(setting.questions == ["get http://\(host(setting))/simple me", "get \(host(setting)) me"])
    }

    @Test func afterARefusalUserAndPassword() async throws {
        let setting = try await setting("printf 'me\\nsecret-word\\n'")
        try await setting.fixture.withClient(try await setting.configuration()) { client async throws in
            #expect(try await client.page(for: PackageName(parsing: "demo"))?.count == 1)
            #expect(try await client.page(for: PackageName(parsing: "other"))?.count == 1)
        }
        #expect(setting.questions == ["--mode creds get http://\(host(setting))/simple"])
        #expect(setting.fixture.index.requestCount() == 3, "refused once, and known from then on")
    }

    @Test(arguments: ["exit 1", "echo", "echo wrong"])
    func whatItDoesNotKnow(script: String) async throws {
        let setting = try await setting(script)
        for user in [nil, "me"] {
            let error = await #expect(throws: PackageSourceError.self) {
                try await setting.fixture.page("demo", try await setting.configuration(user: user))
            }
            guard case .refused(_, 401, _)? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
        }
    }

    @Test func isLeftAloneWhereNobodyWantsIt() async throws {
        let setting = try await setting("echo secret-word")
        for environment in [[:], ["PIP_KEYRING_PROVIDER": "disabled"]] {
            await #expect(throws: PackageSourceError.self) {
                try await setting.fixture.page("demo", try await setting.configuration(user: "me", environment))
            }
        }
        #expect(setting.questions == [])
        await #expect(throws: PackageSourceError.self) { try await setting.configuration(["UV_KEYRING_PROVIDER": "some"]) }
        // A page that may be seen by everybody needs no password.
        setting.fixture.index.update { $0.credentials = nil }
        #expect(try await setting.fixture.page("demo", try await setting.configuration())?.count == 1)
        #expect(setting.questions == [])
    }

    @Test func aHungOneIsLeftAlone() async throws {
        let setting = try await setting("exec /bin/sleep 600")
        var configuration = try await setting.configuration(user: "me")
        configuration.keyringPatience = .milliseconds(300)
        let said = Mutex<[String]>([])
        let client = PackageIndexClient(
            configuration: configuration, cache: setting.fixture.cache, options: setting.fixture.options,
            progress: { event in if case .warning(let text) = event { said.withLock { $0.append(text) } } })
        for name in ["demo", "other"] {
            await #expect(throws: PackageSourceError.self) { try await client.page(for: PackageName(parsing: name)) }
        }
        await client.shutdown()
        #expect(said.withLock { $0 }.count == 1)
        #expect(setting.questions.count == 1)
    }
}
