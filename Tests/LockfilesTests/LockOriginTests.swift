import Lockfiles
import Testing

@Suite struct LockOriginTests {
    private static func origin(
        _ requirements: [AnsweredRequirement] = [AnsweredRequirement("a>=1")], constraints: [String] = [],
        overrides: [String] = [], targets: [(String, String)] = [("linux-x86_64-glibc-2.28", "3.12.4")],
        indexes: [String] = [], excludeNewer: String? = nil, settings: [String: String] = [:]
    ) -> LockOrigin {
        LockOrigin(
            requirements: requirements, constraints: constraints.map { AnsweredRequirement($0) },
            overrides: overrides.map { AnsweredRequirement($0) },
            targets: targets.map { LockTarget(platform: $0.0, python: $0.1) }, indexes: indexes,
            excludeNewer: excludeNewer.flatMap { UTCTime(parsing: $0) }, settings: settings)
    }

    private func differences(_ old: LockOrigin, _ new: LockOrigin) -> [String] {
        PyLock(packages: [], origin: old).differences(from: new).map { "\($0.subject.rawValue): \($0.words)" }
    }

    @Test func requirements() {
        let asker = "step 'train' (@pypi)"
        func asked(_ texts: String...) -> LockOrigin {
            Self.origin(texts.map { AnsweredRequirement($0, askers: [asker]) })
        }
        #expect(differences(Self.origin(), asked("a>=1")).isEmpty)
        #expect(
            differences(Self.origin(), asked("a>=2"))
                == ["requirement: step 'train' (@pypi) asks for a>=2; the lock answers a>=1"])
        #expect(
            differences(Self.origin(), asked("a>=1", "b"))
                == ["requirement: step 'train' (@pypi) asks for b, which the lock does not answer"])
        #expect(
            differences(Self.origin(), Self.origin([])) == ["requirement: the lock answers a>=1, for which nobody asks any more"])
        #expect(
            differences(Self.origin(), Self.origin([AnsweredRequirement("a>=1", isEditable: true)]))
                == ["requirement: the request asks for a>=1 (editable); the lock answers a>=1"])
        #expect(
            differences(Self.origin(), Self.origin([AnsweredRequirement("a>=1", askers: ["x", "y", "z"], hashes: ["sha256:1"])]))
                == ["requirement: x, y and z ask for a>=1 with a hash; the lock answers a>=1"])
        #expect(
            differences(Self.origin(constraints: ["c<2"]), Self.origin(overrides: ["d==1"])) == [
                "constraint: the lock kept to c<2, which is no limit any more",
                "override: the request wants in any case d==1, which the lock did not",
            ])
        // What cannot be read is compared as text.
        #expect(differences(Self.origin([AnsweredRequirement("?")]), Self.origin([AnsweredRequirement("?")])).isEmpty)
    }

    /// The target of the lock, the one that is wanted, and whether the lock serves.
    @Test(arguments: [
        ("linux-x86_64-glibc-2.28", "3.12.4", "linux-x86_64-glibc-2.36", "3.12.1", true),
        ("linux-x86_64-glibc-2.28", "3.12.4", "linux-x86_64-glibc-2.17", "3.12.4", false),
        ("linux-x86_64-glibc-2.28", "3.12.4", "linux-x86_64-musl-1.2", "3.12.4", false),
        ("linux-x86_64-glibc-2.28", "3.12.4", "linux-aarch64-glibc-2.28", "3.12.4", false),
        ("linux-x86_64-glibc-2.28", "3.12.4", "linux-x86_64-glibc-2.28", "3.11.4", false),
        ("linux-x86_64-glibc-2.28", "3.13.0", "linux-x86_64-glibc-2.28", "3.13.0t", false),
        ("linux-x86_64-glibc-2.28", "3.10.0", "linux-x86_64-glibc-2.28", "pypy3.10.0", false),
        ("macos-arm64-13.0", "3.12.4", "macos-arm64-14.0", "3.12.4", true),
        ("windows-x86_64", "3.12.4", "windows-x86_64", "3.12.9", true),
        ("plan9-mips", "3.12.4", "plan9-mips", "3.12.4", true),
        ("plan9-mips", "3.12.4", "plan9-mips", "3.12.5", false),
    ])
    func targets(platform: String, python: String, wantedPlatform: String, wantedPython: String, serves: Bool) {
        let found = differences(
            Self.origin(targets: [(platform, python)]), Self.origin(targets: [(wantedPlatform, wantedPython)]))
        let expected = [
            "target: it is wanted for Python \(wantedPython) on \(wantedPlatform), which the lock is not for",
            "target: the lock is for Python \(python) on \(platform), for which nobody wants it any more",
        ]
        #expect(found == (serves ? [] : expected))
        let (old, new) = (Self.origin(targets: [(platform, python), ("a", "1")]), Self.origin(targets: [(wantedPlatform, wantedPython)]))
        let missing = PyLock(packages: [], origin: old).differences(from: new, whereMoreTargetsAreFine: true)
        #expect(missing.map { "target: \($0.words)" } == (serves ? [] : [expected[0]]))
    }

    @Test func settings() {
        let old = Self.origin(indexes: ["https://me@one.example/"], excludeNewer: "2024-01-01T00:00:00Z", settings: ["resolution": "lowest"])
        let new = Self.origin(indexes: ["https://two.example/"], settings: ["prerelease": "allow"])
        #expect(
            differences(old, new) == [
                "index: packages come from https://two.example/ now, and came from https://one.example/ when the lock was made",
                "setting: exclude-newer is not set, and was 2024-01-01T00:00:00Z when the lock was made",
                "setting: prerelease is allow, and was the default when the lock was made",
                "setting: resolution is the default, and was lowest when the lock was made",
            ])
        #expect(differences(old, old).isEmpty)
        // Who does not name indexes does not care.
        #expect(differences(Self.origin(indexes: ["x"]), Self.origin()).isEmpty)
    }

    @Test func locksOfOthers() {
        let found = PyLock(createdBy: "uv", packages: []).differences(from: Self.origin())
        #expect(found.map(\.subject) == [.origin] && found[0].words.contains("made by uv"))
    }

    @Test func readsWhatItWrites() throws {
        let origin = Self.origin(
            [
                AnsweredRequirement("b; os_name == \"nt\"", askers: ["step 'x'", "y\"'"]), AnsweredRequirement("a"),
                AnsweredRequirement("c @ ./c", isEditable: true), AnsweredRequirement("d", hashes: ["sha256:2", "sha256:1"]),
            ], constraints: ["x<1"], overrides: ["y"], targets: [("z", "2"), ("a", "1"), ("a", "1")],
            indexes: ["https://i.example"], excludeNewer: "2024-01-01T00:00:00Z", settings: ["odd key": "\""])
        let lock = PyLock(packages: [], origin: origin)
        #expect(try PyLock(parsing: lock.text, file: "x") == lock)
        #expect(origin.targets.count == 2 && origin.python == "1")
    }

    /// Locks of the first versions of Penstock named one target.
    @Test func firstForm() throws {
        let text = """
            lock-version = "1.0"
            created-by = "penstock"
            packages = []
            [tool.penstock]
            requirements = ["a"]
            python = "3.12.4"
            platform = "linux-x86_64-glibc-2.36"
            """
        let origin = try #require(try PyLock(parsing: text, file: "x").origin)
        #expect(origin == LockOrigin(requirements: ["a"], python: "3.12.4", platform: "linux-x86_64-glibc-2.36"))
    }

    @Test(arguments: [
        ("requirements = 1", "requirements", "expected an array, found an integer"),
        ("requirements = [1]", "requirements[0]", "expected a string or a table, found an integer"),
        ("requirements = [{}]", "requirements[0].requirement", "this key is required, but missing"),
        ("requirements = [{ requirement = 'a', askers = 'x' }]", "requirements[0].askers", "expected an array of strings, found a string"),
        ("requirements = [{ requirement = 'a', editable = 1 }]", "requirements[0].editable", "expected a boolean, found an integer"),
        ("requirements = []", "targets", "this key is required, but missing"),
        ("targets = [1]", "targets[0]", "expected a table, found an integer"),
        ("targets = [{ platform = 'x' }]", "targets[0].python", "this key is required, but missing"),
        ("targets = []\nsettings = { a = 1 }", "settings.a", "expected a string, found an integer"),
        ("targets = []\nexclude-newer = '2024'", "exclude-newer", "expected a date and time, found a string"),
    ])
    func malformed(lines: String, path: String, reason: String) {
        let text = "lock-version = '1.0'\ncreated-by = 'x'\npackages = []\n[tool.penstock]\n\(lines)\n"
        let error = #expect(throws: LockError.self) { try PyLock(parsing: text, file: "x") }
        #expect(error?.keyPath == "tool.penstock.\(path)")
        #expect(error?.description.hasSuffix(": \(reason)") == true)
    }
}
