import Digests
import Lockfiles
import PythonPackaging
import Testing

@Suite struct UVLockTests {
    private static func digest(_ name: String) -> String { SHA256Digest(hashing: name).hex }

    private static func file(_ name: String) -> String {
        "{ url = \"https://files.example/\(name)\", hash = \"sha256:\(digest(name))\", size = 7, upload-time = \"2025-01-02T03:04:05.678Z\" }"
    }

    private static func entry(_ name: String, _ version: String, _ lines: String = "", wheel tag: String = "py3-none-any") -> String {
        """
        [[package]]
        name = "\(name)"
        version = "\(version)"
        source = { registry = "https://me:secret@index.example/simple" }
        \(lines)
        wheels = [
            \(file("\(name)-\(version)-\(tag).whl")),
        ]

        """
    }

    private static let head = """
        version = 1
        revision = 3
        requires-python = ">=3.9"
        resolution-markers = ["python_full_version >= '3.12'", "python_full_version < '3.12'"]

        """

    /// A project with an extra, groups, a fork, and every kind of source.
    private static let project = head + """
        [[package]]
        name = "demo"
        version = "0.1"
        source = { editable = "." }
        dependencies = [
            { name = "core", version = "1", source = { registry = "https://index.example/simple" }, extra = ["speed"], marker = "python_full_version < '3.12'" },
            { name = "core", version = "2", source = { registry = "https://index.example/simple" }, extra = ["speed"], marker = "python_full_version >= '3.12'" },
            { name = "colour", marker = "sys_platform == 'win32'" },
            { name = "beside" },
            { name = "cloned" },
            { name = "fetched" },
            { name = "lying" },
            { name = "tool" },
        ]

        [package.optional-dependencies]
        fast = [{ name = "wing" }]

        [package.dev-dependencies]
        dev = [{ name = "check" }]

        [package.metadata]
        requires-dist = [{ name = "core", extras = ["speed"] }]

        \(entry("core", "1", "resolution-markers = [\"python_full_version < '3.12'\"]\noptional-dependencies = { speed = [{ name = \"turbo\" }] }"))
        \(entry("core", "2", "resolution-markers = [\"python_full_version >= '3.12'\"]\noptional-dependencies = { speed = [{ name = \"turbo\" }] }"))
        \(entry("turbo", "1", "dependencies = [{ name = \"core\" }]", wheel: "cp312-cp312-manylinux_2_17_x86_64"))
        sdist = \(file("turbo-1.tar.gz"))
        \(entry("colour", "1"))
        \(entry("wing", "1"))
        \(entry("check", "1"))
        [[package]]
        name = "beside"
        version = "0.2"
        source = { directory = "../beside" }

        [[package]]
        name = "tool"
        source = { virtual = "tool" }
        dependencies = [{ name = "wing" }]

        [[package]]
        name = "cloned"
        version = "1"
        source = { git = "https://me:secret@h.example/r?subdirectory=a%20b&tag=v1#0123456789abcdef0123456789abcdef01234567" }

        [[package]]
        name = "fetched"
        version = "1"
        source = { url = "https://h.example/fetched-1.zip", subdirectory = "s" }
        sdist = { hash = "sha256:\(digest("x"))" }

        [[package]]
        name = "lying"
        version = "1"
        source = { path = "wheels/lying-1-py3-none-any.whl" }
        wheels = [{ filename = "lying-1-py3-none-any.whl", hash = "sha256:\(digest("x"))" }]
        """

    private func packages(
        _ text: String = project, _ platform: String = "linux", _ python: String = "3.12",
        _ selection: UVSelection = UVSelection()
    ) throws -> PyLock {
        try UVLock(parsing: text, file: "uv.lock").packages(
            for: try PythonTarget(platform: platform, python: python), selecting: selection, file: "uv.lock")
    }

    private func names(_ lock: PyLock) -> [String] { lock.packages.map(\.description) }

    @Test func targets() throws {
        // A folder may change, so that no version is told.
        let always = ["beside", "cloned 1"]
        let rest = ["demo", "fetched 1", "lying 1", "turbo 1", "wing 1"]
        #expect(try names(packages()) == always + ["core 2"] + rest)
        #expect(try names(packages(Self.project, "linux", "3.11")) == always + ["core 1"] + rest)
        #expect(try names(packages(Self.project, "windows", "3.11")) == always + ["colour 1", "core 1"] + rest)
        // The wheel that fits, or else the source distribution.
        #expect(try packages().packages.first { $0.name.description == "turbo" }?.sdist == nil)
        let built = try #require(try packages(Self.project, "macos").packages.first { $0.name.description == "turbo" })
        #expect(built.sdist?.filename == "turbo-1.tar.gz" && built.wheels.isEmpty)
    }

    @Test func extrasGroupsAndProjects() throws {
        var selection = UVSelection()
        selection.extras = [try ExtraName(parsing: "fast")]
        selection.groups = [try PackageName(parsing: "dev")]
        selection.includesProjects = false
        let found = try names(packages(Self.project, "linux", "3.12", selection))
        #expect(found.contains("check 1") && found.contains("wing 1") && !found.contains("demo"))
        selection = UVSelection()
        selection.projects = [try PackageName(parsing: "tool")]
        #expect(try names(packages(Self.project, "linux", "3.12", selection)) == ["wing 1"])
        selection.projects = [try PackageName(parsing: "nobody")]
        let error = #expect(throws: LockError.self) { try packages(Self.project, "linux", "3.12", selection) }
        #expect(error?.description == "uv.lock: package: there is no project named nobody in the lock")
    }

    @Test func sources() throws {
        let lock = try packages()
        let sources = Dictionary(uniqueKeysWithValues: lock.packages.map { ($0.name.description, $0.source) })
        #expect(sources["demo"] == .directory(LockedDirectory(path: ".", isEditable: true)))
        #expect(sources["beside"] == .directory(LockedDirectory(path: "../beside")))
        #expect(
            sources["cloned"]
                == .versionControl(
                    LockedRepository(
                        type: "git", url: "https://h.example/r", requestedRevision: "v1",
                        commitID: "0123456789abcdef0123456789abcdef01234567", subdirectory: "a b")))
        let digest = SHA256Digest(hashing: "x")
        #expect(
            sources["fetched"]
                == .archive(
                    LockedArchive(
                        file: LockedFile(
                            filename: "fetched-1.zip", url: "https://h.example/fetched-1.zip", sha256: digest, uploadTime: nil),
                        subdirectory: "s")))
        #expect(
            sources["lying"]
                == .archive(
                    LockedArchive(
                        file: LockedFile(
                            filename: "lying-1-py3-none-any.whl", url: nil, path: "wheels/lying-1-py3-none-any.whl",
                            sha256: digest, uploadTime: nil))))
        let core = try #require(lock.packages.first { $0.name.description == "core" })
        #expect(core.index == "https://index.example/simple" && core.wheels[0].size == 7)
        #expect(core.wheels[0].uploadTime?.description == "2025-01-02T03:04:05.678Z")
        #expect(core.dependencies.map(\.name.description) == ["turbo"])
        #expect(!lock.text.contains("secret"))
        #expect(try PyLock(parsing: lock.text, file: "x") == lock)
        #expect(try UVLock(parsing: Self.project, file: "x").versions.count == 9)
    }

    /// Extras and groups that exclude each other are told in markers, in uv's own code.
    @Test func conflictingExtras() throws {
        let text = Self.head + """
            [[package]]
            name = "demo"
            version = "0.1"
            source = { virtual = "." }
            dependencies = [
                { name = "core", version = "1", marker = "extra == 'extra-4-demo-old'" },
                { name = "core", version = "2", marker = "extra == 'extra-4-demo-new' or extra != 'extra-4-demo-old'" },
            ]
            \(Self.entry("core", "1"))
            \(Self.entry("core", "2"))
            """
        var selection = UVSelection()
        #expect(try names(packages(text)) == ["core 2"])
        selection.extras = [try ExtraName(parsing: "old")]
        #expect(try names(packages(text, "linux", "3.12", selection)) == ["core 1"])
    }

    @Test func scriptsAndWorkspaces() throws {
        let script = Self.head + """
            [manifest]
            requirements = [{ name = "core", specifier = ">=1" }]
            constraints = [{ name = "other" }]
            \(Self.entry("core", "1"))
            """
        #expect(try names(packages(script)) == ["core 1"])
        let workspace = Self.head + """
            [manifest]
            members = ["a", "b"]
            [manifest.dependency-groups]
            dev = [{ name = "core" }]
            [[package]]
            name = "a"
            source = { virtual = "a" }
            [[package]]
            name = "b"
            source = { editable = "b" }
            \(Self.entry("core", "1"))
            """
        #expect(try names(packages(workspace)) == ["b"])
        var selection = UVSelection()
        selection.groups = [try PackageName(parsing: "dev")]
        #expect(try names(packages(workspace, "linux", "3.12", selection)) == ["b", "core 1"])
    }

    @Test(arguments: [
        ("linux", "3.8", "requires-python: it is for Python >=3.9, and this is Python 3.8.0"),
        ("windows", "3.12", "supported-markers: none of the environments that the lock is for is this one"),
    ])
    func otherEnvironments(platform: String, python: String, reason: String) {
        let text = "supported-markers = [\"sys_platform == 'linux'\"]\n" + Self.project
        let error = #expect(throws: LockError.self) { try packages(text, platform, python) }
        #expect(error?.description == "uv.lock: \(reason)")
    }

    @Test(arguments: [
        ("", "version: this key is required, but missing"), ("version = 2", "version: version '2' of the format is not understood, only 1.x is"),
        ("version = 99999999999999999999", "it is not TOML: "),
        ("version = '1'", "version: expected an integer, found a string"),
        ("version = 1\npackage = 1", "package: expected an array of tables, found an integer"),
        ("version = 1\n[[package]]\nversion = '1'", "package[0].name: this key is required, but missing"),
        ("version = 1\n[[package]]\nname = 'a'", "package[0] (a).source: this key is required, but missing"),
        ("version = 1\n[[package]]\nname = 'a'\nname = 'b'", "it is not TOML: "),
        ("version = 1\n[[package]]\nname = 'a'\nsource = {}", "package[0] (a).source: it has no source: one of registry, git, url, path, directory, editable, virtual is needed"),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { url = 'x', path = 'y' }", "package[0] (a).source: it has several kinds of sources: url, path"),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { git = 'https://u:p@h/r' }", "package[0] (a).source.git: 'https://h/r' does not end in '#' and a commit"),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { virtual = '.' }\ndependencies = [{ name = 'b', marker = '?' }]", "package[0] (a).dependencies[0].marker: "),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { virtual = '.' }\ndependencies = [{}]", "package[0] (a).dependencies[0].name: this key is required, but missing"),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { virtual = '.' }\n[package.optional-dependencies]\n'-' = []", "package[0] (a).optional-dependencies.-: "),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { virtual = '.' }\ndependencies = [{ name = 'b' }]", "package[0] (a): it needs b, of which the lock has no entry for this environment"),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { registry = 'https://i' }\nwheels = [{ url = 'https://h/a-1-py3-none-any.whl' }]", "package[0] (a).wheels[0].hash: this key is required, but missing"),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { registry = 'https://i' }\nwheels = [{ url = 'https://h/a-1-py3-none-any.whl', hash = 'md5:00' }]", "package[0] (a).wheels[0].hash: files are checked by SHA-256, and this is 'md5:00'"),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { registry = 'https://i' }\nwheels = [{ url = 'https://h/a-1-py3-none-any.whl', hash = 'sha256:00' }]", "package[0] (a).wheels[0].hash: 'sha256:00' is not 'sha256:' and 64 hexadecimal digits"),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { registry = 'https://i' }\nsdist = {}", "package[0] (a).sdist: one of 'url' and 'path' is required"),
        ("version = 1\n[manifest]\nmembers = ['!']", "manifest.members[0]: "),
        ("version = 1\n[[package]]\nname = 'a'\nsource = { registry = 'https://i' }", "package: none of its packages is the project of this folder: name the project that is wanted"),
    ])
    func malformed(text: String, reason: String) {
        let error = #expect(throws: LockError.self) { try packages(text) }
        #expect(error?.description.contains(": \(reason)") == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func noFileThatFits() {
        let text = Self.head + "[manifest]\nrequirements = [{ name = 'core' }]\n" + Self.entry("core", "1", wheel: "cp39-cp39-win32")
        let error = #expect(throws: LockError.self) { try packages(text) }
        #expect(error?.description.hasSuffix("the lock has no wheel of core 1 that runs on Python 3.12.0") == true)
    }

    /// Any cut of a lock and any changed byte ends in a value or an error.
    @Test func damagedLocks() {
        let bytes = Array(Self.project.utf8)
        for position in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[position] = [0x22, 0x5D, 0x00, 0x3D, 0x27, 0x39][position % 6]
            for text in [String(decoding: damaged, as: UTF8.self), String(decoding: bytes[..<position], as: UTF8.self)] {
                _ = try? packages(text)
            }
        }
        #expect(throws: LockError.self) { try packages("a = " + String(repeating: "[", count: 100_000)) }
    }
}
