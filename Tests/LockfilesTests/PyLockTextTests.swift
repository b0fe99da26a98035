import Digests
import Lockfiles
import PythonPackaging
import Testing

@Suite struct PyLockTextTests {
    /// The text of a lock, to be read by people too.
    @Test func golden() throws {
        let attrs = SHA256Digest(hashing: "attrs-25.1.0-py3-none-any.whl")
        let cattrs = SHA256Digest(hashing: "cattrs-24.1.2-py3-none-any.whl")
        #expect(
            try SampleLocks.plain().text == """
                lock-version = "1.0"
                environments = ["sys_platform == 'linux'"]
                requires-python = "==3.12.*"
                created-by = "penstock"

                [[packages]]
                name = "attrs"
                version = "25.1.0"
                requires-python = ">=3.8"
                index = "https://index.example/simple/"
                wheels = [
                    { name = "attrs-25.1.0-py3-none-any.whl", upload-time = 2025-01-25T11:30:10.1649Z, url = "https://files.example/attrs-25.1.0-py3-none-any.whl", size = 63152, hashes = { sha256 = "\(attrs)" } },
                ]

                [[packages]]
                name = "cattrs"
                version = "24.1.2"
                requires-python = ">=3.8"
                dependencies = [
                    { name = "attrs" },
                ]
                index = "https://index.example/simple/"
                wheels = [
                    { name = "cattrs-24.1.2-py3-none-any.whl", url = "https://files.example/cattrs-24.1.2-py3-none-any.whl", hashes = { sha256 = "\(cattrs)" } },
                ]

                [tool.penstock]
                requirements = ["cattrs==24.1.2"]
                targets = [
                    { platform = "linux-x86_64-glibc-2.36", python = "3.12.4" },
                ]
                exclude-newer = 2025-02-01T00:00:00Z

                """)
    }

    @Test func readsWhatItWrites() throws {
        let lock = try SampleLocks.plain()
        let again = try PyLock(parsing: lock.text, file: "pylock.toml")
        #expect(again == lock)
        #expect(again.text == lock.text)
        #expect(try PyLock(parsing: Array(lock.text.utf8), file: "pylock.toml") == lock)
    }

    @Test func everythingIsKept() throws {
        let (lock, warnings) = try PyLock.reading(SampleLocks.rich, file: "x")
        let (again, _) = try PyLock.reading(lock.text, file: "y")
        #expect(again == lock && again.text == lock.text && warnings.isEmpty)
        #expect(lock.packages.map(\.name.description) == ["a", "b", "c", "d"])
        #expect(lock.packages[0].sdist?.uploadTime?.description == "2024-02-29T10:00:00Z")
        #expect(lock.packages[0].sdist?.otherHashes == ["blake2b": "00"])
        #expect(lock.packages[0].wheels.map(\.filename) == ["a-1.0-py3-none-any.whl"])
        #expect(lock.packages[0].tool == ["x": .table(["note": .string("kept")])])
        #expect(lock.packages[2].source == .directory(LockedDirectory(path: "../c", isEditable: true)))
        #expect(
            lock.otherTools["other"]
                == .table(["odd key": .string("tab\there"), "list": .array([.array([]), .table([:])])]))
        #expect(
            lock.defaultGroups == ["test"] && lock.dependencyGroups == ["docs", "test"]
                && lock.createdBy == "another tool")
        #expect(lock.text.contains("[tool.other]\nlist = [[], {}]\n\"odd key\" = \"tab\\there\"\n"))
    }

    @Test func orderDoesNotMatter() throws {
        let lock = try SampleLocks.plain()
        var shuffled = lock
        shuffled.packages.reverse()
        #expect(shuffled.text == lock.text)
        let wheels = ["a-1-py3-none-any.whl", "a-1-cp312-cp312-win32.whl"].map { SampleLocks.wheel($0) }
        let package = try SampleLocks.package("a", "1", wheels: wheels)
        #expect(package == (try SampleLocks.package("a", "1", wheels: wheels.reversed())))
        #expect(
            PyLock(packages: [package] + lock.packages).packages == PyLock(packages: lock.packages + [package]).packages
        )
    }

    /// User and password of a URL do not get into a lock, from whichever side.
    @Test func credentialsStayOutside() throws {
        let digest = SHA256Digest(hashing: "x")
        let wheel = LockedWheel(
            filename: "a-1-py3-none-any.whl", url: "https://me:p%40ss@files.example/@x/a-1-py3-none-any.whl?q=@",
            sha256: digest)
        #expect(wheel.url == "https://files.example/@x/a-1-py3-none-any.whl?q=@")
        let package = LockedPackage(
            name: try PackageName(parsing: "a"), version: try Version(parsing: "1"),
            index: "https://token@index.example/simple/", wheels: [wheel])
        #expect(package.index == "https://index.example/simple/")
        let (lock, _) = try PyLock.reading(SampleLocks.rich, file: "x")
        #expect(!lock.text.contains("secret"))
    }

    /// What an index calls the time of an upload is not trusted.
    @Test(arguments: ["2025-01-25", "x = 1 }", "2025-01-25T11:30:10.1\nZ", "2025-02-30T11:30:10Z", ""])
    func momentsAreChecked(text: String) throws {
        #expect(SampleLocks.wheel("a-1-py3-none-any.whl", uploadTime: text).uploadTime == nil)
    }

    /// Any text gets through as it is.
    @Test func oddText() throws {
        for text in ["\"", "\\", "\u{1}\u{7F}\u{80}", "\n\r\t\u{8}\u{C}", "é😀\u{2028}", "'''", "]]>", "# no comment"] {
            let lock = PyLock(
                createdBy: text, packages: [], origin: LockOrigin(requirements: [text], python: text, platform: text),
                otherTools: ["x": .table([text: .string(text)])])
            #expect(try PyLock(parsing: lock.text, file: "x") == lock)
        }
    }

    /// Long lists go over several lines, so that their differences are read easily.
    @Test func longLists() throws {
        let requirements = (1...9).map { "package-number-\($0)>=1.0" }
        let lock = PyLock(packages: [], origin: LockOrigin(requirements: requirements, python: "3", platform: "x"))
        #expect(
            lock.text.contains("requirements = [\n    \"package-number-1>=1.0\",\n    \"package-number-2>=1.0\",\n"))
        #expect(try PyLock(parsing: lock.text, file: "x") == lock)
    }

    @Test func malformedRequiresPythonIsLeftOut() throws {
        let package = LockedPackage(
            name: try PackageName(parsing: "a"), version: try Version(parsing: "1"), requiresPython: ">=3.6.*",
            wheels: [SampleLocks.wheel("a-1-py3-none-any.whl")])
        #expect(package.requiresPython == nil)
    }

    @Test func versionsToPrefer() throws {
        #expect(
            try SampleLocks.plain().versions == [
                PackageName(parsing: "attrs"): Version(parsing: "25.1.0"),
                PackageName(parsing: "cattrs"): Version(parsing: "24.1.2"),
            ])
    }
}
