import Lockfiles
import PythonPackaging
import Testing

/// What a uv.lock says of how it was made.
@Suite struct UVMetadataTests {
    private static let text = """
        version = 1
        revision = 5
        requires-python = ">=3.10"
        required-markers = ["sys_platform == 'linux'"]
        conflicts = [[{ package = "app", extra = "x" }, { package = "app", group = "test" }]]

        [options]
        resolution-mode = "lowest"
        exclude-newer = "2026-01-02T00:00:00Z"

        [manifest]
        constraints = [{ name = "water", specifier = "<9" }]
        overrides = [{ name = "rye", specifier = ">1" }]
        excludes = ["milk"]
        build-constraints = [{ name = "mill", specifier = "<2" }]

        [[manifest.dependency-metadata]]
        name = "chaff"
        version = "1.0"
        requires-dist = ["rye>=1"]

        [[package]]
        name = "app"
        version = "0.1.0"
        source = { editable = "." }
        default-groups = ["test"]

        [package.metadata]
        requires-dist = [
            { name = "flour", extras = ["fine"], marker = "extra == 'x'", specifier = ">=1", index = "https://user:word@host/simple" },
            { name = "lib", editable = "../lib" },
            { name = "mill", git = "https://host/mill?subdirectory=python&rev=main" },
            { name = "sack", url = "https://host/sack-1.0.tar.gz", subdirectory = "sack" },
            { name = "sieve", path = "sieve-1.0-py3-none-any.whl" },
            { name = "stone", directory = "stone" },
            { name = "wheel-house", virtual = "house" },
        ]
        provides-extras = ["x"]

        [package.metadata.requires-dev]
        test = [{ name = "oats" }]
        empty = []
        """

    private static func name(_ text: String) throws -> PackageName { try PackageName(parsing: text) }

    @Test func requirements() throws {
        let lock = try UVLock(parsing: Self.text, file: "uv.lock")
        let metadata = try #require(lock.packages.first?.metadata)
        #expect(metadata.requirements.map(\.description) == [
            "flour[fine]>=1 (from https://host/simple); extra == \"x\"", "lib (editable ../lib)",
            "mill (git https://host/mill?subdirectory=python&rev=main)", "sack (https://host/sack-1.0.tar.gz, in sack)",
            "sieve (sieve-1.0-py3-none-any.whl)", "stone (stone)", "wheel-house (house, not installed)",
        ])
        #expect(metadata.extras.map(\.description) == ["x"])
        #expect(metadata.groups == [try Self.name("test"): [UVRequirement(name: try Self.name("oats"), source: .registry(.any, index: nil))], try Self.name("empty"): []])
        #expect(lock.packages.first?.defaultGroups == .named([try Self.name("test")]))
        #expect(lock.revision == 5)
    }

    @Test func settings() throws {
        let settings = try UVLock(parsing: Self.text, file: "uv.lock").settings
        let app = try Self.name("app")
        #expect(settings.conflicts == [[
            .init(package: app, extra: try ExtraName(parsing: "x")), .init(package: app, group: try Self.name("test")),
        ]])
        #expect(settings.requiredMarkers.map(\.description) == ["sys_platform == \"linux\""])
        #expect((settings.constraints + settings.overrides + settings.buildConstraints).map(\.description) == ["water<9", "rye>1", "mill<2"])
        #expect(settings.excludes == ["milk"])
        #expect(settings.statedMetadata.map(\.name) == [try Self.name("chaff")])
        #expect([settings.resolutionMode, settings.prereleaseMode, settings.forkStrategy] == ["lowest", "if-necessary-or-explicit", "requires-python"])
        #expect(settings.excludeNewer == "2026-01-02T00:00:00Z")
    }

    @Test(arguments: [
        ("requires-dist = [{ name = \"a\", specifier = \"~~1\" }]", "specifier"), ("requires-dist = [7]", "a table"),
        ("provides-extras = [\"?\"]", "provides-extras"),
    ])
    func malformed(line: String, told: String) throws {
        let text = "version = 1\n[[package]]\nname = \"app\"\nsource = { virtual = \".\" }\n[package.metadata]\n\(line)\n"
        let error = try #require(throws: LockError.self) { try UVLock(parsing: text, file: "uv.lock") }
        #expect(error.description.contains(told) && error.description.contains("app"))
    }

    /// Extras and groups that the project says exclude each other cannot be chosen together.
    @Test func conflicts() throws {
        let lock = try UVLock(parsing: """
            version = 1
            conflicts = [[{ package = "app", extra = "x" }, { package = "app", group = "test" }]]
            [[package]]
            name = "app"
            source = { virtual = "." }
            """, file: "uv.lock")
        let target = try PythonTarget(platform: "linux-x86_64", python: "3.11")
        var selection = UVSelection()
        selection.extras = [try ExtraName(parsing: "x")]
        #expect(try lock.packages(for: target, selecting: selection, file: "uv.lock").packages.isEmpty)
        selection.groups = [try Self.name("test")]
        #expect(throws: LockError.self) { try lock.packages(for: target, selecting: selection, file: "uv.lock") }
    }
}
