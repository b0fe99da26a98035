import CondaPackaging
import Digests
import Lockfiles
import PythonPackaging
import Testing

/// Conda's part of a lock: `[tool.penstock.conda]`.
@Suite struct LockedCondaTests {
    static let linux = LockTarget(platform: "linux-x86_64-glibc-2.28", python: "3.12.4")
    static let mac = LockTarget(platform: "macos-arm64-14.0", python: "3.12.4")

    static func package(
        _ fileName: String, subdir: Subdir = .linux64, depends: [String] = [], targets: [LockTarget] = []
    ) throws -> LockedCondaPackage {
        let archive = try ArchiveName(parsing: fileName)
        var record = RepodataRecord(
            fileName: archive, name: archive.name, version: archive.version, build: archive.build, buildNumber: 0, subdir: subdir)
        record.depends = depends
        record.sha256 = SHA256Digest(hashing: fileName)
        return LockedCondaPackage(
            record: record, url: "https://user:secret@conda.example/main/\(subdir)/\(fileName)",
            channel: "https://conda.example/t/hush/main", targets: targets)
    }

    static func lock() throws -> PyLock {
        var numpy = try package("numpy-1.26.4-py312h0_3.conda", depends: ["python >=3.12,<3.13.0a0", "libblas"], targets: [linux])
        numpy.record.buildNumber = 3
        numpy.record.md5 = MD5Digest(hex: "0123456789abcdef0123456789abcdef")
        numpy.record.size = 7_000_000
        numpy.record.timestamp = 1_710_000_000_000
        numpy.record.constrains = ["numpy-base <0a0"]
        numpy.record.extraDepends = ["tests": ["pytest"]]
        numpy.record.trackFeatures = ["odd"]
        numpy.record.license = "BSD \"3\""
        numpy.record.purls = ["pkg:pypi/numpy"]
        numpy.provides = [ProvidedProject(name: try PackageName(parsing: "numpy"), version: try Version(parsing: "1.26.4"))]
        var six = try package("six-1.16.0-pyh6c4a22f_0.tar.bz2", subdir: .noarch, targets: [mac, linux])
        six.record.noarch = .python
        return PyLock(
            packages: [], conda: LockedConda(channels: ["https://u:p@conda.example/main"], packages: [six, numpy]),
            origin: LockOrigin(
                requirements: [], targets: [linux, mac],
                conda: CondaOrigin(
                    requirements: [
                        AnsweredRequirement("six", askers: ["step 'b' (@conda)"]), AnsweredRequirement("numpy >=1.26"),
                        AnsweredRequirement("six", askers: ["step 'a' (@conda)"]),
                        AnsweredRequirement("pack[url=https://user:secret@conda.example/t/hush/main/noarch/pack-1-0.conda]"),
                    ],
                    channels: ["https://conda.example/main"], priority: "flexible",
                    platforms: [
                        .init(.osxARM64, target: mac),
                        .init(.linux64, virtualPackages: [try VirtualPackage(parsing: "__glibc=2.28")], target: linux),
                    ],
                    preference: "pypi", preferences: ["numpy": "conda"], mapping: ["pytorch": ["torch"]])))
    }

    @Test func isReadAsItWasWritten() throws {
        let lock = try Self.lock()
        let again = try PyLock(parsing: lock.text, file: "pylock.toml")
        #expect(again == lock)
        #expect(again.text == lock.text)
    }

    @Test func textDoesNotDependOnOrder() throws {
        var lock = try Self.lock()
        let conda = try #require(lock.conda)
        lock.conda = LockedConda(channels: conda.channels, packages: conda.packages.reversed())
        #expect(lock == (try Self.lock()))
    }

    @Test func textHasNoSecrets() throws {
        let text = try Self.lock().text
        for secret in ["secret", "hush", "user", "u:p"] { #expect(!text.contains(secret), "\(secret)") }
        #expect(text.contains("url = \"https://conda.example/main/linux-64/numpy-1.26.4-py312h0_3.conda\""))
    }

    /// A lock that was made of another tool's says nothing of what was asked.
    @Test func withoutOrigin() throws {
        let lock = PyLock(packages: [], conda: LockedConda(channels: [], packages: [try Self.package("six-1-0.conda")]))
        let again = try PyLock(parsing: lock.text, file: "pylock.toml")
        #expect(again == lock)
        #expect(again.origin == nil)
    }

    @Test func digestIsOfWhatIsInstalled() throws {
        let lock = try Self.lock()
        var other = lock
        other.conda?.packages[0].url = "https://mirror.example/x"
        other.origin = nil
        #expect(other.digest == lock.digest)
        other.conda?.packages[0].record.sha256 = SHA256Digest(hashing: "another")
        #expect(other.digest != lock.digest)
    }

    static let bad: [(String, String)] = [
        ("packages = 3", "expected an array of tables, found an integer"),
        ("packages = [{ name = \"../x\" }]", "this key is required, but missing"),
        ("packages = [{ \(entry), hashes = { md5 = \"00\" } }]", "is not 32 hexadecimal digits"),
        ("packages = [{ \(entry), hashes = { sha256 = \"zz\" } }]", "is not 64 hexadecimal digits"),
        ("packages = [{ \(entry) }]", "a SHA-256 or an MD5 has to be there"),
        ("packages = [{ \(entry), \(hashes), size = -1 }]", "-1 is negative"),
        ("packages = [{ \(entry), \(hashes), noarch = \"x\" }]", "neither 'generic' nor 'python'"),
        ("packages = [{ \(entry), \(hashes), depends = [1] }]", "expected a string, found an integer"),
        ("packages = [{ \(entry), \(hashes) }, { \(entry), \(hashes) }]", "two entries are for the package 'six'"),
        ("packages = [{ \(entry.replacing("1-0.conda", with: "2-0.conda")), \(hashes) }]", "is not an archive of six 1 0"),
        ("requirements = []\nplatforms = [{ subdir = \"Linux\" }]", "is not a platform of conda"),
        ("requirements = []\nplatforms = [{ subdir = \"linux-64\", virtual-packages = [\"glibc\"] }]", "is not a virtual package"),
        ("requirements = []\nmapping = { a = 1 }", "expected an array of strings, found an integer"),
    ]
    static let entry =
        "name = \"six\", version = \"1\", build = \"0\", subdir = \"noarch\", channel = \"c\", url = \"https://e.example/noarch/six-1-0.conda\""
    static let hashes = "hashes = { md5 = \"0123456789abcdef0123456789abcdef\" }"

    @Test(arguments: bad) func badTables(body: String, reason: String) throws {
        let text = "lock-version = \"1.0\"\ncreated-by = \"x\"\npackages = []\n\n[tool.penstock]\ntargets = []\n[tool.penstock.conda]\n\(body)\n"
        let error = #expect(throws: LockError.self) { try PyLock(parsing: text, file: "pylock.toml") }
        #expect(error.map { "\($0)".contains(reason) } == true, "\(String(describing: error))")
        #expect(error?.keyPath.hasPrefix("tool.penstock.conda") == true)
    }

    @Test func differences() throws {
        let lock = try Self.lock()
        var now = try #require(lock.origin)
        #expect(lock.differences(from: now) == [])
        now.conda?.requirements[0] = AnsweredRequirement("numpy >=2", askers: ["step 'a' (@conda)"])
        now.conda?.channels = ["https://other.example/x"]
        now.conda?.priority = "strict"
        now.conda?.preferences = [:]
        now.conda?.mapping = ["pytorch": ["torch", "torchgen"]]
        #expect(
            lock.differences(from: now).map(\.words) == [
                "step 'a' (@conda) asks for numpy >=2; the lock answers numpy >=1.26",
                "conda packages come from https://other.example/x now, and came from https://conda.example/main when the lock was made",
                "channel-priority is strict, and was flexible when the lock was made",
                "prefer of numpy is the default, and was conda when the lock was made",
                "what pytorch provides is torch, torchgen, and was torch when the lock was made",
            ])
        now.conda = nil
        #expect(lock.differences(from: now).count == 3)
    }
}

/// Who needs whom, over both worlds.
@Suite struct CondaGraphTests {
    private func lock() throws -> PyLock {
        var numpy = try LockedCondaTests.package("numpy-1.26-0.conda", depends: ["python >=3.12", "libblas", "__glibc >=2.17"])
        numpy.provides = [ProvidedProject(name: try PackageName(parsing: "numpy"), version: try Version(parsing: "1.26"))]
        let pandas = try SampleLocks.package("pandas", "2.2", requires: ["numpy"], wheels: [SampleLocks.wheel("pandas-2.2-py3-none-any.whl")])
        return PyLock(
            packages: [pandas],
            conda: LockedConda(
                channels: [],
                packages: [
                    numpy, try LockedCondaTests.package("python-3.12-0.conda"), try LockedCondaTests.package("libblas-3-0.conda"),
                ]),
            origin: LockOrigin(
                requirements: [AnsweredRequirement("pandas>=2")], targets: [],
                conda: CondaOrigin(requirements: [AnsweredRequirement("python 3.12.*")])))
    }

    @Test func chainsCrossWorlds() throws {
        let graph = LockGraph(try lock())
        #expect(graph.roots.map { graph.package(at: $0.package).name } == ["pandas", "python"])
        let chains = graph.shortestChains(to: try PackageName(parsing: "libblas"), limit: 5)
        #expect(chains.count == 1)
        #expect(chains.first?.links.map { graph.package(at: $0.package).name } == ["numpy", "libblas"])
        #expect(chains.first?.links.last?.spec == "libblas")
        #expect(graph.positions(of: try PackageName(parsing: "NumPy")).map { graph.package(at: $0).isConda } == [true])
    }

    @Test func treeCrossesWorlds() throws {
        let graph = LockGraph(try lock())
        let tree = DependencyTree(graph)
        #expect(tree.roots.map(\.spec) == [nil, "python 3.12.*"])
        #expect(tree.roots.first?.children.first?.children.count == 2)
    }

    @Test func changesOfBothWorlds() throws {
        let earlier = try lock()
        var now = earlier
        now.packages = []
        let conda = try #require(earlier.conda)
        now.conda = LockedConda(
            channels: [],
            packages: [conda.packages[1], try LockedCondaTests.package("python-3.13-0.conda"), try LockedCondaTests.package("libblas-3-1.conda")])
        #expect(
            now.changes(since: earlier).map { "\($0.name) \($0.isConda) \($0.old) \($0.new)" } == [
                #"pandas false ["2.2"] []"#, #"libblas true ["3 0"] ["3 1"]"#, #"python true ["3.12"] ["3.13"]"#,
            ])
    }
}
