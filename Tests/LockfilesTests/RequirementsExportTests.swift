import Digests
import Lockfiles
import PythonPackaging
import Testing

@Suite struct RequirementsExportTests {
    private static func digest(_ name: String) -> String { SHA256Digest(hashing: name).hex }

    @Test func golden() throws {
        let (lock, _) = try PyLock.reading(SampleLocks.rich, file: "x")
        let common = """
            b @ git+https://host.example/b@abc#subdirectory=s
            -e ../c
            ./d.zip#subdirectory=q"uote \\
                --hash=sha256:\(Self.digest("d"))

            """
        #expect(try lock.requirementsText(file: "pylock.toml") == common)
        let hashes = ["a", "b"].map(Self.digest).sorted()
        #expect(
            try lock.requirementsText(extras: [ExtraName(parsing: "gpu")], file: "pylock.toml") == """
                a==1.0 \\
                    --hash=sha256:\(hashes[0]) \\
                    --hash=sha256:\(hashes[1])
                \(common)
                """)
    }

    @Test func markers() throws {
        func package(_ version: String, _ marker: String) throws -> LockedPackage {
            try SampleLocks.package(
                "a", version, marker: marker, wheels: [SampleLocks.wheel("a-\(version)-py3-none-any.whl")])
        }
        let lock = PyLock(packages: [
            try package("2", "python_version >= '3.12' and ('x' in extras or sys_platform == 'linux')"),
            try package("1", "python_version < '3.12' and 'docs' not in dependency_groups"),
        ])
        let second = "    --hash=sha256:\(Self.digest("a-2-py3-none-any.whl"))\n"
        #expect(
            try lock.requirementsText(file: "x") == """
                a==1 ; python_version < "3.12" \\
                    --hash=sha256:\(Self.digest("a-1-py3-none-any.whl"))
                a==2 ; python_version >= "3.12" and sys_platform == "linux" \\
                \(second)
                """)
        #expect(
            try lock.requirementsText(extras: [ExtraName(parsing: "x")], dependencyGroups: ["docs"], file: "x")
                == "a==2 ; python_version >= \"3.12\" \\\n\(second)")
    }

    @Test func whatCannotBeSaid() throws {
        let repository = LockedRepository(type: "git", url: nil, path: "../r", commitID: "abc")
        let lock = PyLock(packages: [
            LockedPackage(name: try PackageName(parsing: "a"), version: nil, source: .versionControl(repository))
        ])
        let error = #expect(throws: LockError.self) { try lock.requirementsText(file: "pylock.toml") }
        #expect(
            error?.description
                == "pylock.toml: packages[0] (a): it comes from a git repository, which requirements.txt has no words for")
    }

    @Test(arguments: [
        ("pylock.toml", true), ("pylock.dev.toml", true), ("pylock.Dev-1.toml", true), ("pylock..toml", false),
        ("pylock.a.b.toml", false), ("Pylock.toml", false), ("pylock.toml.bak", false), ("x.pylock.toml", false),
        ("a/pylock.toml", false), ("pylock", false), ("", false),
    ])
    func namesOfLocks(name: String, isOne: Bool) { #expect(PyLock.isFilename(name) == isOne) }

    @Test func namedLocks() {
        #expect(PyLock.filename(for: "Train") == "pylock.train.toml")
        for name in ["", "a.b", "a/b", "a b", "a\n"] { #expect(PyLock.filename(for: name) == nil) }
    }
}
