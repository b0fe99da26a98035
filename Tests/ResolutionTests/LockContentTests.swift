import Diagnostics
import Digests
import Lockfiles
import PythonPackaging
import Resolution
import Testing

/// What locks say of direct references, paths and settings.
@Suite struct LockContentTests {
    private static func direct(_ name: String, _ source: LockedSource, isDynamic: Bool = false) throws -> ResolvedPackage {
        let (name, version) = (try PackageName(parsing: name), try Version(parsing: "1"))
        let metadata = CoreMetadata(name: name, version: version)
        return ResolvedPackage(
            name: name, version: version,
            source: .direct(DirectDistribution(metadata: metadata, source: source, hasDynamicVersion: isDynamic)))
    }

    private static func lock(_ packages: [ResolvedPackage], folder: String?) throws -> PyLock {
        var context = LockContext()
        context.folder = folder
        return try PyLock(
            [try ChosenPackages.answer("linux", "3.12", packages)], answering: ResolutionRequest([]), in: context)
    }

    @Test(arguments: [
        ("/home/me/project", "/home/me/project/libs/a", "libs/a"), ("/home/me/project", "/home/me/other", "../other"),
        ("/home/me/project/", "/home/me/project", "."), ("/home/me/project", "/opt/a", "/opt/a"),
        ("/home/me/./project", "/home/me/x/../y", "../y"), (nil, "/home/me/a", "/home/me/a"),
    ])
    func directoriesAreRelative(folder: String?, path: String, expected: String) throws {
        let lock = try Self.lock(
            [try Self.direct("a", .directory(LockedDirectory(path: path, isEditable: true)))],
            folder: folder)
        #expect(lock.packages[0].source == .directory(LockedDirectory(path: expected, isEditable: true)))
        #expect(lock.packages[0].version == nil)
        #expect(try PyLock(parsing: lock.text, file: "x") == lock)
    }

    @Test func filesOfThisMachine() throws {
        let digest = SHA256Digest(hashing: "a")
        func archive(_ url: String?, path: String? = nil) -> LockedSource {
            .archive(LockedArchive(file: LockedFile(filename: "a 1.zip", url: url, path: path, sha256: digest, uploadTime: nil)))
        }
        let near = try Self.lock([try Self.direct("a", archive("file:///home/me/files/a%201.zip"))], folder: "/home/me/p")
        #expect(near.packages[0].source == archive(nil, path: "../files/a 1.zip"))
        let web = try Self.lock([try Self.direct("a", archive("https://h.example/a%201.zip"))], folder: "/home/me/p")
        #expect(web.packages[0].source == archive("https://h.example/a%201.zip"))
        let moving = try Self.direct("a", archive("https://h.example/a.zip"), isDynamic: true)
        #expect(try Self.lock([moving], folder: nil).packages[0].version == nil && web.packages[0].version != nil)
        let repository = LockedRepository(type: "git", url: "file:///home/me/r", commitID: "abc")
        let cloned = try Self.lock([try Self.direct("a", .versionControl(repository))], folder: "/home/me/p")
        #expect(
            cloned.packages[0].source
                == .versionControl(LockedRepository(type: "git", url: nil, path: "../r", commitID: "abc")))
    }

    @Test func directReferencesThatDiffer() throws {
        func commit(_ id: String) -> LockedSource {
            .versionControl(LockedRepository(type: "git", url: "https://h.example/r", commitID: id))
        }
        let answers = [
            try ChosenPackages.answer("linux", "3.12", [try Self.direct("a", commit("abc"))]),
            try ChosenPackages.answer("macos", "3.12", [try Self.direct("a", commit("def"))]),
        ]
        let lock = try PyLock(answers, answering: ResolutionRequest([]))
        #expect(lock.packages.map { $0.marker?.description } == ["sys_platform == \"darwin\"", "sys_platform == \"linux\""])
        let musl = try ChosenPackages.answer("linux-x86_64-musl", "3.12", [try Self.direct("a", commit("def"))])
        let error = #expect(throws: TargetLockError.self) { try PyLock([answers[0], musl], answering: ResolutionRequest([])) }
        #expect(error?.diagnostic.details.contains { $0.hasSuffix("gets commit abc of its repository") } == true)
    }

    @Test func settings() throws {
        var context = LockContext()
        #expect(LockOrigin(ResolutionRequest([]), for: [], in: context).settings.isEmpty)
        context.options.prereleases = .never
        context.options.strategy = .lowestDirect
        context.options.builds.neverBuilt = .all
        context.options.builds.alwaysBuilt = .these([try PackageName(parsing: "b"), try PackageName(parsing: "a")])
        context.indexStrategy = "unsafe-best-match"
        #expect(
            LockOrigin(ResolutionRequest([]), for: [], in: context).settings == [
                "prerelease": "disallow", "resolution": "lowest-direct", "no-build": ":all:", "no-binary": "a,b",
                "index-strategy": "unsafe-best-match",
            ])
    }

    @Test func askersHashesAndConstraints() throws {
        var first = try RootRequirement(parsing: "a>=1")
        first.asker = Asker("step 'b'")
        var second = try RootRequirement(parsing: "a >= 1")
        second.asker = Asker("step 'a'")
        var third = try RootRequirement(parsing: "b")
        third.hashes = [SHA256Digest(hashing: "b")]
        let request = ResolutionRequest(
            [third, first, second], constraints: [try RootRequirement(parsing: "c<2")],
            overrides: [try RootRequirement(parsing: "d==1")])
        let origin = LockOrigin(request, for: [try PythonTarget(platform: "linux", python: "pypy3.10")])
        #expect(
            origin.requirements == [
                AnsweredRequirement("a>=1", askers: ["step 'a'", "step 'b'"]),
                AnsweredRequirement("b", hashes: ["sha256:\(SHA256Digest(hashing: "b").hex)"]),
            ])
        #expect(origin.constraints.map(\.text) == ["c<2"] && origin.overrides.map(\.text) == ["d==1"])
        #expect(origin.targets == [LockTarget(platform: "linux-x86_64-glibc-2.28", python: "pypy3.10.0")])
    }
}
