import Digests
import Lockfiles
import PythonPackaging
import Testing

@Suite struct PyLockTests {
    private static func lock() throws -> PyLock {
        let wheel = LockedWheel(
            filename: "attrs-25.1.0-py3-none-any.whl", url: "https://files.example/attrs-25.1.0-py3-none-any.whl",
            sha256: SHA256Digest(hashing: "attrs"), size: 63152, uploadTime: "2025-01-25T11:30:10.164985Z")
        let other = LockedWheel(
            filename: "cattrs-24.1.2-py3-none-any.whl", url: "https://files.example/cattrs-24.1.2-py3-none-any.whl",
            sha256: SHA256Digest(hashing: "cattrs"))
        return PyLock(
            environments: ["sys_platform == 'linux'"], requiresPython: "==3.11.*",
            packages: [
                LockedPackage(
                    name: try PackageName(parsing: "attrs"), version: try Version(parsing: "25.1.0"),
                    requiresPython: ">=3.8", index: "https://index.example/simple/", wheels: [wheel]),
                LockedPackage(
                    name: try PackageName(parsing: "cattrs"), version: try Version(parsing: "24.1.2"),
                    dependencies: [try PackageName(parsing: "attrs")], wheels: [other]),
            ],
            origin: LockOrigin(
                requirements: ["cattrs==24.1.2", "quote\"back\\slash\u{1}"], python: "3.11.7",
                platform: "linux-x86_64-glibc-2.36"))
    }

    @Test func readsWhatItWrites() throws {
        let lock = try Self.lock()
        let again = try PyLock(parsing: lock.text, file: "pylock.toml")
        #expect(again == lock)
        #expect(again.text == lock.text)
        #expect(again.digest == lock.digest)
    }

    @Test func orderOfPackagesDoesNotMatter() throws {
        let lock = try Self.lock()
        var shuffled = lock
        shuffled.packages.reverse()
        #expect(shuffled.text == lock.text)
        #expect(shuffled.digest == lock.digest)
    }

    @Test func digestIsOfTheFiles() throws {
        let lock = try Self.lock()
        var told = lock
        told.origin = nil
        told.createdBy = "another tool"
        #expect(told.digest == lock.digest)
        var other = lock
        other.packages[0].wheels[0].sha256 = SHA256Digest(hashing: "other")
        #expect(other.digest != lock.digest)
    }

    @Test func momentsOfTheIndexAreNotTrusted() throws {
        var lock = try Self.lock()
        for text in ["2025-01-25", "x = 1 }", "2025-01-25T11:30:10.1\nZ", "2025-01-25 11:30:10Z"] {
            lock.packages[0].wheels[0].uploadTime = text
            let again = try PyLock(parsing: lock.text, file: "pylock.toml")
            #expect(again.packages[0].wheels[0].uploadTime == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("lock-version = 1\n", LockError.Fault.key("lock-version", expected: "a text")),
        ("", .key("lock-version", expected: "a text")),
        ("lock-version = '2.0'\n", .formatVersion("2.0")),
        ("lock-version = '1.0'\npackages = 3\n", .key("packages", expected: "a list of tables")),
        ("lock-version = '1.0'\n[[packages]]\nname = 3\n", .key("packages[0].name", expected: "a text")),
        (
            "lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1'\nvcs = { type = 'git' }\n",
            .unsupported(package: "a", what: "comes from a repository")
        ),
        (
            "lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1'\n",
            .unsupported(package: "a", what: "has no wheels")
        ),
        (
            """
            lock-version = '1.0'
            [[packages]]
            name = 'a'
            version = 'one'
            wheels = [{ url = 'https://files.example/a-1-py3-none-any.whl', hashes = { sha256 = '\(String(repeating: "a", count: 64))' } }]
            """, .value("packages[0].version", text: "one", problem: "which is not a version (PEP 440)")
        ),
        (
            """
            lock-version = '1.0'
            [[packages]]
            name = 'a'
            version = '1'
            wheels = [{ url = 'https://files.example/a-1-py3-none-any.whl', hashes = { sha256 = 'abc' } }]
            """,
            .value("packages[0].wheels[0].hashes.sha256", text: "abc", problem: "which is not 64 hexadecimal digits")
        ),
    ])
    func namesWhatIsWrong(text: String, fault: LockError.Fault) {
        #expect(throws: LockError(file: "pylock.toml", fault)) { try PyLock(parsing: text, file: "pylock.toml") }
    }

    @Test func brokenTOMLNamesTheLine() {
        #expect {
            try PyLock(parsing: "lock-version = '1.0'\n[[packages\n", file: "x.toml")
        } throws: { error in
            guard let error = error as? LockError, case .syntax(let line, _) = error.fault else { return false }
            return line == 2
        }
    }
}
