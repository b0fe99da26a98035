import CondaPackaging
import Digests
import Lockfiles
import PythonPackaging
import Testing

/// Files of other tools that lock conda packages.
@Suite struct CondaFormatsTests {
    static let md5 = "0123456789abcdef0123456789abcdef"
    static let sha256 = SHA256Digest(hashing: "x").hex

    static let condaLock = """
        version: 1
        metadata:
          content_hash: {linux-64: abc}
          channels:
          - url: conda-forge
            used_env_vars: []
          platforms: [linux-64, osx-arm64]
        package:
        - name: python
          version: 3.12.4
          manager: conda
          platform: linux-64
          dependencies: {libzlib: '>=1.2'}
          url: https://conda.example/main/linux-64/python-3.12.4-h1_3_cpython.conda
          hash: {md5: \(md5), sha256: \(sha256)}
          category: main
          optional: false
        - name: libzlib
          version: '1.3'
          manager: conda
          platform: linux-64
          dependencies: {}
          url: https://conda.example/t/hush/main/linux-64/libzlib-1.3-h0_0.tar.bz2
          hash: {md5: \(md5)}
          category: main
        - name: pytest
          version: 8.0.0
          manager: conda
          platform: linux-64
          dependencies: {python: ''}
          url: https://conda.example/main/noarch/pytest-8.0.0-pyh_0.conda
          hash: {sha256: \(sha256)}
          category: dev
        - name: Six
          version: 1.16.0
          manager: pip
          platform: linux-64
          dependencies: {}
          url: https://files.example/six-1.16.0-py2.py3-none-any.whl
          hash: {sha256: \(sha256)}
          category: main
        - name: libzlib
          version: '1.3'
          manager: conda
          platform: osx-arm64
          dependencies: {}
          url: https://conda.example/main/osx-arm64/libzlib-1.3-h0_0.conda
          hash: {md5: \(md5)}
          categories: [main, dev]
        """

    @Test func condaLockForAPlatform() throws {
        let file = try CondaLockFile(parsing: Self.condaLock, file: "conda-lock.yml")
        #expect(file.platforms == [.linux64, .osxARM64])
        #expect(file.categories == ["dev", "main"])
        let lock = try file.lock(for: .linux64)
        let conda = try #require(lock.conda)
        #expect(conda.packages.map(\.record.fileName.description) == ["libzlib-1.3-h0_0.tar.bz2", "python-3.12.4-h1_3_cpython.conda"])
        #expect(conda.channels == ["https://conda.example/main"])
        #expect(conda.packages[1].record.depends == ["libzlib >=1.2"])
        #expect(conda.packages[0].targets == [LockTarget(platform: "linux-x86_64-glibc-2.28", python: "3.12.4")])
        #expect(lock.packages.map(\.description) == ["six 1.16.0"])
        #expect(try PyLock(parsing: lock.text, file: "pylock.toml") == lock)
        #expect(try file.lock(for: .linux64, categories: ["dev"]).conda?.packages.count == 3)
        #expect(try file.lock(for: .osxARM64).conda?.packages.count == 1)
    }

    @Test func condaLockThatHasNone() throws {
        let file = try CondaLockFile(parsing: Self.condaLock, file: "conda-lock.yml")
        let platform = #expect(throws: ForeignFileError.self) { try file.lock(for: .win64) }
        #expect(platform?.description == "conda-lock.yml: it has nothing for win-64, only for linux-64, osx-arm64")
        let category = #expect(throws: ForeignFileError.self) { try file.lock(for: .linux64, categories: ["docs"]) }
        #expect(category?.description == "conda-lock.yml: it has no category 'docs'; there are dev, main")
    }

    static let broken: [(from: String, to: String, words: String)] = [
        ("version: 1\n", "version: 7\n", "conda-lock.yml:1: version '7' of conda-lock's format is not understood, only 1 is"),
        ("manager: conda", "manager: npm", "conda-lock.yml:9: python: 'manager' is 'npm', which is neither 'conda' nor 'pip'"),
        ("linux-64/python-3.12.4", "linux-64/other-3.12.4", "python: its URL is not that of an archive of it in a channel"),
        ("version: 3.12.4", "version: 3.12.5", "python: the version is another than that of its archive"),
        ("hash: {md5: \(md5), sha256: \(sha256)}", "hash: {}", "python: it has neither an MD5 nor a SHA-256"),
        ("platform: linux-64\n", "platform: Linux\n", "is not a platform of conda"),
        ("  manager: conda\n", "", "conda-lock.yml:9: a package has no 'manager'"),
        ("package:\n", "packages:\n", "it has no 'package'"),
        ("dependencies: {libzlib: '>=1.2'}", "dependencies: [x]", "dependencies: expected names with values"),
        ("metadata:", "metadata: {", "it is not YAML"),
        ("metadata:", "a: \(String(repeating: "[", count: 5000))\nmetadata:", "values lie too deep in one another"),
        ("metadata:", "\(String(repeating: "- ", count: 5000))\nmetadata:", "values lie too deep in one another"),
        ("metadata:", "version: 1\nmetadata:", "'version' is there twice"),
        ("six-1.16.0-py2.py3-none-any.whl", "sixty-1.0-py3-none-any.whl", "Six: its URL is not that of a wheel or source archive of six"),
        ("metadata:", "a0: &a [x]\n\((0..<31).map { "b\($0): *a\n" }.joined())metadata:", "it has more than 30 aliases"),
        ("package:\n", "dependencies:\n", "it has no 'package', so that it is no lock"),
    ]

    @Test(arguments: broken) func brokenCondaLock(from: String, to: String, words: String) throws {
        let parts = Self.condaLock.split(separator: from, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let error = #expect(throws: ForeignFileError.self) {
            try CondaLockFile(parsing: parts.joined(separator: to), file: "conda-lock.yml")
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func explicitListThereAndBack() throws {
        var lock = try CondaLockFile(parsing: Self.condaLock, file: "conda-lock.yml").lock(for: .linux64)
        let refused = #expect(throws: LockError.self) { try lock.explicitList(for: nil, file: "pylock.toml") }
        #expect(refused?.description.contains("has no place for Python packages, and the lock has some (six)") == true)
        lock.packages = []
        let list = try lock.explicitList(for: nil, file: "pylock.toml")
        #expect(
            list.description == """
                # platform: linux-64
                @EXPLICIT
                https://conda.example/main/linux-64/libzlib-1.3-h0_0.tar.bz2#\(Self.md5)
                https://conda.example/main/linux-64/python-3.12.4-h1_3_cpython.conda#\(Self.sha256)

                """)
        let again = try PyLock(ExplicitList(parsing: list.description), file: "list.txt")
        #expect(again.conda?.packages.map(\.url) == lock.conda?.packages.map(\.url))
        #expect(again.conda?.packages.map(\.targets) == lock.conda?.packages.map(\.targets))
        #expect(try PyLock(parsing: again.text, file: "pylock.toml") == again)
    }

    /// What is needed stands in front, also where packages need one another in a circle.
    @Test func explicitListIsInOrderOfNeed() throws {
        let packages = [
            try LockedCondaTests.package("a-1-0.conda", depends: ["c", "z >=1"]), try LockedCondaTests.package("c-1-0.conda", depends: ["d"]),
            try LockedCondaTests.package("d-1-0.conda", depends: ["c", "absent"]), try LockedCondaTests.package("z-1-0.conda"),
        ]
        let lock = PyLock(packages: [], conda: LockedConda(channels: [], packages: packages))
        #expect(try lock.explicitList(for: nil, file: "x").entries.map(\.archive.name.description) == ["d", "c", "z", "a"])
    }

    static let badLists: [(String, String)] = [
        ("https://e.example/c/noarch/six-1-0.conda", "six-1-0.conda has no hash"),
        ("https://e.example/six-1-0.conda#\(md5)", "does not lie in the folder of a channel"),
        ("https://e.example/c/noarch/six-1-0.conda#\(md5)\nhttps://e.example/c/noarch/six-2-0.conda#\(md5)", "six is in the list twice"),
    ]

    @Test(arguments: badLists) func badExplicitLists(lines: String, words: String) throws {
        let list = try ExplicitList(parsing: "@EXPLICIT\n\(lines)\n")
        let error = #expect(throws: ForeignFileError.self) { try PyLock(list, file: "list.txt") }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func environmentFile() throws {
        let lock = try CondaLockFile(parsing: Self.condaLock, file: "conda-lock.yml").lock(for: .linux64)
        #expect(
            try lock.environmentText(name: "on", for: .linux64, file: "pylock.toml") == """
                name: 'on'
                channels:
                  - https://conda.example/main
                  - nodefaults
                dependencies:
                  - libzlib=1.3=h0_0
                  - python=3.12.4=h1_3_cpython
                  - pip
                  - pip:
                      - six==1.16.0

                """)
    }

    @Test func severalPlatforms() throws {
        let lock = PyLock(
            packages: [],
            conda: LockedConda(
                channels: [],
                packages: [
                    try LockedCondaTests.package("a-1-0.conda", subdir: .linux64, targets: [LockedCondaTests.linux]),
                    try LockedCondaTests.package("a-1-1.conda", subdir: .osxARM64, targets: [LockedCondaTests.mac]),
                    try LockedCondaTests.package("b-1-1.conda", subdir: .noarch, targets: [LockedCondaTests.mac]),
                ]))
        let error = #expect(throws: LockError.self) { try lock.explicitList(for: nil, file: "pylock.toml") }
        #expect(error?.description.contains("the lock is for linux-64, osx-arm64: name one of them") == true)
        #expect(try lock.explicitList(for: .linux64, file: "x").entries.count == 1)
        #expect(try lock.explicitList(for: .osxARM64, file: "x").entries.count == 2)
        #expect(throws: LockError.self) { try lock.explicitList(for: .win64, file: "x") }
    }
}
