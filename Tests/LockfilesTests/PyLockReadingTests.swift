import Diagnostics
import Digests
import Lockfiles
import Testing

@Suite struct PyLockReadingTests {
    private static let hash = String(repeating: "a", count: 64)
    private static let head = "lock-version = '1.0'\ncreated-by = 'x'\n"

    /// A lock with one package whose entry ends in `lines`.
    private static func entry(_ lines: String) -> String {
        "\(head)\n[[packages]]\nname = 'a'\nversion = '1'\n\(lines)\n"
    }

    private static func wheel(_ fields: String) -> String { entry("wheels = [{ \(fields) }]") }

    struct Row: Sendable {
        var text: String
        var keyPath: String
        var problem: LockError.Problem

        init(_ text: String, _ keyPath: String, _ problem: LockError.Problem) {
            (self.text, self.keyPath, self.problem) = (text, keyPath, problem)
        }
    }

    private static let rows: [Row] = [
        Row("", "lock-version", .missing),
        Row("lock-version = 1", "lock-version", .wrongKind(expected: "a string", found: "an integer")),
        Row("lock-version = '2.0'", "lock-version", .unsupportedVersion("2.0")),
        Row("lock-version = '1.0'", "created-by", .missing),
        Row(head, "packages", .missing),
        Row("\(head)packages = 3", "packages", .wrongKind(expected: "an array of tables", found: "an integer")),
        Row("\(head)packages = [1]", "packages[0]", .wrongKind(expected: "a table", found: "an integer")),
        Row("\(head)packages = [{}]", "packages[0].name", .missing),
        Row(
            "\(head)packages = [{ name = 'A_b' }]", "packages[0].name",
            .invalid("'A_b' is not normalised; it should be 'a-b'")),
        Row(
            "\(head)packages = []\nextras = ['x', 1]", "extras[1]",
            .wrongKind(expected: "a string", found: "an integer")),
        Row("\(head)packages = []\ntool = { penstock = { python = '3' } }", "tool.penstock.platform", .missing),
        Row("\(head)packages = []\n[tool]\nx = 1", "tool.x", .wrongKind(expected: "a table", found: "an integer")),
        Row(
            entry("marker = 'x'"), "packages[0] (a)",
            .badSource("it has no source: one of wheels, sdist, vcs, directory and archive is needed")),
        Row(
            entry("directory = { path = 'x' }\nvcs = {}"), "packages[0] (a)",
            .badSource("it has several kinds of sources: vcs, directory")),
        Row(entry("directory = { path = '.' }\ntool.x = 1"), "packages[0] (a).tool.x", .wrongKind(expected: "a table", found: "an integer")),
        Row(entry("directory = {}"), "packages[0] (a).directory.path", .missing),
        Row(
            entry("vcs = { type = 'git', commit-id = 'c' }"), "packages[0] (a).vcs",
            .invalid("one of 'url' and 'path' is required")),
        Row(wheel("url = 'https://h/a-1-py3-none-any.whl'"), "packages[0] (a).wheels[0].hashes", .missing),
        Row(
            wheel("hashes = { sha256 = '\(hash)' }"), "packages[0] (a).wheels[0]",
            .invalid("one of 'url' and 'path' is required")),
        Row(
            wheel("url = 'https://h/a-1-py3-none-any.whl', hashes = { sha256 = 'abc' }"),
            "packages[0] (a).wheels[0].hashes.sha256", .invalid("'abc' is not 64 hexadecimal digits")),
        Row(
            wheel("url = 'https://h/a-1-py3-none-any.whl', hashes = { md5 = 'abc' }"),
            "packages[0] (a).wheels[0].hashes.sha256", .invalid("files are checked by SHA-256, which is missing")),
        Row(
            wheel("url = 'https://h/a-1-py3-none-any.whl', size = -1, hashes = { sha256 = '\(hash)' }"),
            "packages[0] (a).wheels[0].size", .invalid("a size cannot be negative")),
        Row(
            wheel("url = 'https://h/a-1-py3-none-any.whl', upload-time = 2024-01-02, hashes = { sha256 = '\(hash)' }"),
            "packages[0] (a).wheels[0].upload-time", .invalid("'2024-01-02' is no date with time and offset")),
        Row(
            wheel("url = 'https://h/a-2-py3-none-any.whl', hashes = { sha256 = '\(hash)' }"),
            "packages[0] (a).wheels[0]",
            .invalid("'a-2-py3-none-any.whl' is no file of a 1")),
        Row(
            wheel("url = 'https://h/x', name = '../a-1-py3-none-any.whl', hashes = { sha256 = '\(hash)' }"),
            "packages[0] (a).wheels[0].name", .invalid("'../a-1-py3-none-any.whl' is no name of a file")),
        Row(
            wheel("url = 'https://h/%2e%2e%2fa-1-py3-none-any.whl', hashes = { sha256 = '\(hash)' }"),
            "packages[0] (a).wheels[0].name", .invalid("'../a-1-py3-none-any.whl' is no name of a file")),
    ]

    @Test(arguments: rows) func namesWhatIsWrong(row: Row) {
        let error = #expect(throws: LockError.self) { try PyLock(parsing: row.text, file: "pylock.toml") }
        #expect(error?.keyPath == row.keyPath)
        #expect(error?.problem == row.problem)
        #expect(error?.diagnostic.file == "pylock.toml" && error?.diagnostic.failure == .user)
    }

    /// What is no TOML at all, with the line.
    @Test(arguments: [
        ("created-by = 'y'", 3), ("[[packages]]\nname = 'a'\nname = 'b'", 5), ("size = 99999999999999999999", 3),
        ("[tool.x]\n[tool.x]", 4), ("packages = []\n[[packages]]", 4), ("x = { a = 1, a = 2 }", 3), ("x = 2024-13-01", 3),
        ("x = 1 2", 3), ("x = 'a", 3), ("x = \"\\q\"", 3), ("= 1", 3), ("x", 3),
    ])
    func noTOML(lines: String, line: Int) {
        let error = #expect(throws: LockError.self) { try PyLock(parsing: "\(Self.head)\(lines)\n", file: "x.toml") }
        #expect(error?.line == line && error?.keyPath == "")
        #expect(error?.description.hasPrefix("x.toml:\(line): it is not TOML: ") == true)
    }

    @Test func valuesWithAGrammar() {
        for (line, path) in [
            ("marker = 'x y'", "marker"), ("requires-python = '>=3.*'", "requires-python"),
            ("version = 'one'", "version"),
        ] {
            let text = "\(Self.head)[[packages]]\nname = 'a'\n\(line)\ndirectory = { path = '.' }\n"
            let error = #expect(throws: LockError.self) { try PyLock.reading(text, file: "x") }
            #expect(error?.keyPath == "packages[0] (a).\(path)")
        }
        let error = #expect(throws: LockError.self) {
            try PyLock.reading("\(Self.head)packages = []\nenvironments = [\"os_name == 'nt'\", 'x']", file: "x")
        }
        #expect(error?.keyPath == "environments[1]")
    }

    @Test func errorsNameTheLine() {
        let broken = #expect(throws: LockError.self) { try PyLock(parsing: "\(Self.head)[[packages\n", file: "x.toml") }
        #expect(broken?.line == 3)
        let text = Self.entry(
            "wheels = [{ url = 'https://h/a-1-py3-none-any.whl', hashes = { sha256 = '\(Self.hash)' } }]")
        let second = #expect(throws: LockError.self) {
            try PyLock(parsing: text + "[[packages]]\nname = 3\n", file: "x.toml")
        }
        #expect(
            second?.line == 9 && second?.description.hasPrefix("x.toml:9: packages[1].name: expected a string") == true)
        let null = #expect(throws: LockError.self) { try PyLock(parsing: "a = 1\n\u{0}", file: "x.toml") }
        #expect(null?.line == 2)
        let bytes = #expect(throws: LockError.self) { try PyLock(parsing: [0x61, 0xFF], file: "x.toml") }
        #expect(bytes?.problem == .malformed("it is not UTF-8"))
    }

    @Test func namesComeFromURLs() throws {
        let text = Self.wheel(
            "url = 'https://h/x/a-1%2Bcpu-py3-none-any.whl?y#z', hashes = { sha256 = '\(Self.hash)' }"
        )
        .replacing("version = '1'", with: "version = '1+cpu'")
        let lock = try PyLock(parsing: text, file: "x")
        #expect(lock.packages[0].wheels[0].filename == "a-1+cpu-py3-none-any.whl")
        #expect(try PyLock(parsing: lock.text, file: "x") == lock)
    }

    @Test func laterMinorVersionsAreReadWithAWarning() throws {
        let (lock, warnings) = try PyLock.reading(
            "lock-version = '1.7'\ncreated-by = 'x'\npackages = []\nnew = 1", file: "x.toml")
        #expect(lock.packages.isEmpty)
        #expect(
            warnings == ["x.toml has version 1.7 of the lock format; what is newer than 1.0 in it was passed over: new"])
        let (_, quiet) = try PyLock.reading("lock-version = '1.1'\ncreated-by = 'x'\npackages = []", file: "x.toml")
        #expect(quiet == ["x.toml has version 1.1 of the lock format; what is newer than 1.0 in it was passed over"])
    }

    @Test func unknownKeysAreToldOf() throws {
        let (lock, warnings) = try PyLock.reading(
            """
            lock-version = '1.0'
            created-by = 'x'
            new = 1
            [[packages]]
            name = 'a'
            metadata = { summary = 'x' }
            wheels = [{ url = 'https://h/a-1-py3-none-any.whl', mirror = 'y', hashes = { sha256 = '\(Self.hash)' } }]
            sdist = { url = 'https://h/a-1.tar.gz', 'odd key' = 1, hashes = { sha256 = '\(Self.hash)' } }
            [packages.tool.x]
            anything = 1
            [[packages]]
            name = 'b'
            vcs = { type = 'git', url = 'u', commit-id = 'c', depth = 1 }
            """, file: "x.toml")
        let paths = [
            "new", "packages[0].metadata", "packages[0].sdist.odd key", "packages[0].wheels[0].mirror",
            "packages[1].vcs.depth",
        ]
        #expect(warnings == paths.map { "x.toml: \($0) was passed over: the lock format has no such key" })
        #expect(lock.packages.count == 2)
    }

    /// All kinds of sources are read; who installs them decides what it can do with them.
    @Test func sourcesToBuild() throws {
        for line in [
            "directory = { path = '.' }", "vcs = { type = 'git', url = 'u', commit-id = 'c' }",
            "sdist = { url = 'https://h/a-1.tar.gz', hashes = { sha256 = '\(Self.hash)' } }",
            "archive = { url = 'https://h/a.zip', hashes = { sha256 = '\(Self.hash)' } }",
        ] {
            #expect(try PyLock(parsing: Self.entry(line), file: "x").packages.count == 1)
        }
    }

    @Test func hostileInput() {
        for text in [
            "a = " + String(repeating: "[", count: 100_000), "a = " + String(repeating: "{a=", count: 100_000),
            String(repeating: "[a.", count: 100_000), "a = \"" + String(repeating: "\\", count: 100_001),
            "[" + String(repeating: "a.", count: 10_000) + "a]",
        ] {
            #expect(throws: LockError.self) { try PyLock(parsing: text, file: "x") }
        }
    }

    /// Any cut of a lock and any changed byte ends in a value or an error.
    @Test func damagedLocks() throws {
        let bytes = Array(SampleLocks.rich.utf8)
        for position in stride(from: 0, to: bytes.count, by: 3) {
            var damaged = bytes
            damaged[position] = [0x22, 0x5D, 0x00, 0x3D, 0xFF, 0x39][position % 6]
            _ = try? PyLock(parsing: damaged, file: "x")
            _ = try? PyLock(parsing: Array(bytes[..<position]), file: "x")
        }
    }
}
