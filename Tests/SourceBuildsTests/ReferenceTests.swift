import Diagnostics
import Digests
import Environments
import Interpreters
import Lockfiles
import PackageSources
import PythonPackaging
import Resolution
import SourceBuilds
import SystemPackage
import TestSupport
import Testing

/// Direct references, from what a person writes to what is installed.
@Suite(.serialized) struct ReferenceTests {
    private let bench: Bench
    private let python: Interpreter?

    init() async throws {
        bench = try await Bench()
        python = try await bench.python()
    }

    private func interpreter() throws -> Interpreter {
        try #require(python, "there is no Python on this machine to build with")
    }

    private func install(
        _ found: DirectDistribution, _ builder: SourceBuilder, relativeTo folder: FilePath? = nil
    ) async throws -> BuiltEnvironment {
        let lock = PyLock(packages: [
            LockedPackage(
                name: found.metadata.name, version: found.hasDynamicVersion ? nil : found.metadata.version,
                source: found.source)
        ])
        let client = bench.client
        return try await EnvironmentStore(cache: bench.cache, builder: builder)
            .ensure(lock, interpreter: try interpreter(), relativeTo: folder) { client }
    }

    private func directURL(_ built: BuiltEnvironment) throws -> String {
        try bench.run(
            built.python,
            "import importlib.metadata as m; print(m.distribution('tiny').read_text('direct_url.json'), end='')")
    }

    private static let verify = """
        import base64, hashlib, importlib.metadata as m
        d = m.distribution("tiny")
        for f in d.files:
            if f.hash:
                h = base64.urlsafe_b64encode(hashlib.new(f.hash.mode, f.locate().read_bytes()).digest()).rstrip(b"=").decode()
                assert h == f.hash.value, f
        print(sorted(str(f).split("/")[-1] for f in d.files if "dist-info" in str(f)))
        """

    // MARK: - Folders

    @Test func aFolder() async throws {
        let python = try interpreter()
        let folder = bench.folder.path.appending("a project")
        let project = TinyProject("tiny")
        try project.write(to: folder)
        let builder = bench.builder()
        let reference = DirectReference.directory(DirectDirectory(path: folder.string))
        let found = try await builder.distribution(of: reference, for: try PackageName(parsing: "tiny"), on: python)
        #expect(found.source == .directory(LockedDirectory(path: folder.string)))
        #expect(found.hasDynamicVersion)
        let built = try await install(found, builder)
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "1.0\n")
        let url = "file://" + folder.string.replacing(" ", with: "%20")
        #expect(try directURL(built) == "{\"url\": \"\(url)\", \"dir_info\": {}}\n")
        #expect(
            try bench.run(built.python, Self.verify)
                == "['INSTALLER', 'METADATA', 'RECORD', 'WHEEL', 'direct_url.json']\n")
        // Nothing has changed: neither is built again.
        #expect(try await install(found, builder).path == built.path)
        #expect(bench.builds == ["metadata", "wheel"])
        // A changed file is another environment.
        try TinyProject.write("value = 'changed'\n", to: folder.appending("tiny.py"))
        let again = try await install(found, bench.builder())
        #expect(again.path != built.path)
        #expect(try bench.run(again.python, "import tiny; print(tiny.value)") == "changed\n")
        #expect(bench.builds == ["metadata", "wheel", "wheel"])
    }

    @Test func buildsThatWriteIntoTheirFolderEnd() async throws {
        let python = try interpreter()
        let folder = bench.folder.path.appending("project")
        var project = TinyProject("tiny")
        project.twist = """
            import time
            plain = build_wheel
            def build_wheel(folder, config_settings=None, metadata_directory=None):
                with open("version.txt", "w") as file:
                    file.write(str(time.time_ns()))
                return plain(folder)

            """
        try project.write(to: folder)
        let found = try await bench.builder().distribution(
            of: .directory(DirectDirectory(path: folder.string)), for: nil, on: python)
        let first = try await install(found, bench.builder())
        let second = try await install(found, bench.builder())
        #expect(try await install(found, bench.builder()).path == second.path)
        #expect(first.path != second.path)
        #expect(bench.builds == ["metadata", "wheel"])
    }

    @Test func aFolderWithStaticMetadataIsNotBuilt() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.projectTable = "[project]\nname = 'tiny'\nversion = '1.0'\ndependencies = ['other']\n"
        let folder = bench.folder.path.appending("project")
        try project.write(to: folder)
        let found = try await bench.builder().distribution(
            of: .directory(DirectDirectory(path: folder.string)), for: nil, on: python)
        #expect(found.metadata.requiresDist == ["other"])
        #expect(!found.hasDynamicVersion)
        #expect(bench.builds.isEmpty)
    }

    @Test func anotherNameIsRefused() async throws {
        let python = try interpreter()
        let folder = bench.folder.path.appending("project")
        try TinyProject("tiny").write(to: folder)
        await #expect(throws: SourceBuildError.self) {
            try await bench.builder().distribution(
                of: .directory(DirectDirectory(path: folder.string)), for: try PackageName(parsing: "large"), on: python)
        }
    }

    @Test(arguments: [true, false]) func anEditableFolder(_ hasHook: Bool) async throws {
        let python = try interpreter()
        let folder = bench.folder.path.appending("project")
        var project = TinyProject("tiny")
        if !hasHook { project.twist = "del build_editable\n" }
        try project.write(to: folder)
        let builder = bench.builder()
        let found = try await builder.distribution(
            of: .directory(DirectDirectory(path: folder.string, isEditable: true)), for: nil, on: python)
        #expect(found.source == .directory(LockedDirectory(path: folder.string, isEditable: true)))
        let built = try await install(found, builder)
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "1.0\n")
        #expect(try directURL(built).contains("\"editable\": true"))
        // Changes take effect, and the environment stays.
        try TinyProject.write("value = 'changed'\n", to: folder.appending("tiny.py"))
        #expect(try await install(found, bench.builder()).path == built.path)
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "changed\n")
        #expect(bench.builds.last == (hasHook ? "editable" : "wheel"))
    }

    // MARK: - Archives

    @Test func archivesByTheirAddress() async throws {
        let python = try interpreter()
        let project = TinyProject("tiny")
        try bench.add(project)
        let url = "\(bench.index.server.url)/files/tiny-1.0.tar.gz"
        let builder = bench.builder()
        let found = try await builder.distribution(of: .archive(DirectArchive(url: url)), for: nil, on: python)
        guard case .archive(let archive) = found.source else {
            Issue.record("\(found.source)")
            return
        }
        let digest = SHA256Digest(hashing: try project.sdist())
        #expect(archive.file.sha256 == digest)
        #expect(archive.file.url == url)
        let built = try await install(found, builder)
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "1.0\n")
        #expect(
            try directURL(built)
                == "{\"url\": \"\(url)\", \"archive_info\": {\"hash\": \"sha256=\(digest)\", \"hashes\": {\"sha256\": \"\(digest)\"}}}\n")
        // A hash that is named has to be the right one.
        let wrong = DirectArchive(url: url, hashes: ["sha256": String(repeating: "0", count: 64)])
        await #expect(throws: SourceBuildError.self) {
            try await bench.builder().distribution(of: .archive(wrong), for: nil, on: python)
        }
    }

    @Test func aWheelByItsAddress() async throws {
        let python = try interpreter()
        var wheel = WheelBuilder("tiny", "3.0")
        wheel.files = [("tiny.py", "value = 'wheel'\n")]
        wheel.requiresDist = ["other"]
        let path = try bench.folder.write(wheel.filename, wheel.bytes())
        let builder = bench.builder()
        let found = try await builder.distribution(
            of: .archive(DirectArchive(url: "file://\(path)")), for: nil, on: python)
        #expect(found.metadata.requiresDist == ["other"])
        let built = try await install(found, builder)
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "wheel\n")
        #expect(try directURL(built).contains("archive_info"))
    }

    @Test func pathsOfALockBeginAtItsFolder() async throws {
        _ = try interpreter()
        let bytes = try TinyProject("tiny").sdist()
        let file = try bench.locked("tiny-1.0.tar.gz", bytes)
        var relative = file
        relative.path = "./tiny-1.0.tar.gz"
        let found = DirectDistribution(
            metadata: CoreMetadata(name: try PackageName(parsing: "tiny"), version: try Version(parsing: "1.0")),
            source: .distributions(sdist: relative, wheels: []))
        let built = try await install(found, bench.builder(), relativeTo: bench.folder.path)
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "1.0\n")
        // From an index, or like it: no direct reference.
        #expect(try directURL(built) == "None")
        relative.sha256 = SHA256Digest(hashing: "another")
        let other = DirectDistribution(metadata: found.metadata, source: .distributions(sdist: relative, wheels: []))
        await #expect(throws: EnvironmentError.self) {
            try await install(other, bench.builder(), relativeTo: bench.folder.path)
        }
    }

    @Test func withoutABuilderSourcesAreRefused() async throws {
        let python = try interpreter()
        let file = try bench.locked("tiny-1.0.tar.gz", try TinyProject("tiny").sdist())
        let lock = PyLock(packages: [
            LockedPackage(
                name: try PackageName(parsing: "tiny"), version: try Version(parsing: "1.0"),
                source: .distributions(sdist: file, wheels: []))
        ])
        let client = bench.client
        let error = await #expect(throws: EnvironmentError.self) {
            try await EnvironmentStore(cache: bench.cache).ensure(lock, interpreter: python) { client }
        }
        #expect(error?.diagnostic.headline.contains("has to be built from source") == true)
    }

    // MARK: - Repositories

    private func repository() throws -> (folder: FilePath, commits: [String]) {
        let folder = bench.folder.path.appending("repository")
        try TinyProject("tiny", "1.0").write(to: folder.appending("inner"))
        var commits: [String] = []
        func commit() throws { commits.append(String(try bench.shell("git rev-parse HEAD", in: folder).dropLast())) }
        _ = try bench.shell("git init -q -b main && git add -A && git commit -qm one && git tag -a -m first v1", in: folder)
        try commit()
        try TinyProject("tiny", "2.0").write(to: folder.appending("inner"))
        _ = try bench.shell("git add -A && git commit -qm two && git branch next", in: folder)
        try commit()
        return (folder, commits)
    }

    @Test func commitsOfARepository() async throws {
        let python = try interpreter()
        let (folder, commits) = try repository()
        let url = "file://\(folder)"
        let wishes: [(String?, Int)] = [
            (nil, 1), ("main", 1), ("next", 1), ("v1", 0), ("refs/tags/v1", 0), (commits[0], 0), (String(commits[0].prefix(8)), 0),
            (commits[1].uppercased(), 1),
        ]
        for (revision, expected) in wishes {
            let found = try await bench.builder().distribution(
                of: .repository(DirectRepository(url: url, revision: revision, subdirectory: "inner")), for: nil, on: python)
            #expect(
                found.source
                    == .versionControl(
                        LockedRepository(
                            type: "git", url: url, requestedRevision: revision, commitID: commits[expected],
                            subdirectory: "inner")), "\(revision ?? "-")")
            #expect(found.metadata.version.description == (expected == 0 ? "1.0" : "2.0"))
        }
        // Each commit was built once.
        #expect(bench.builds == ["metadata", "metadata"])
        let builder = bench.builder()
        let found = try await builder.distribution(
            of: .repository(DirectRepository(url: url, revision: "v1", subdirectory: "inner")), for: nil, on: python)
        let built = try await install(found, builder)
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "1.0\n")
        #expect(
            try directURL(built)
                == "{\"url\": \"\(url)\", \"vcs_info\": {\"vcs\": \"git\", \"requested_revision\": \"v1\", \"commit_id\": \"\(commits[0])\"}, \"subdirectory\": \"inner\"}\n")
    }

    @Test func aCommitThatIsInTheMirrorNeedsNoRepository() async throws {
        let python = try interpreter()
        let (folder, commits) = try repository()
        let reference = DirectReference.repository(
            DirectRepository(url: "file://\(folder)", revision: commits[0], subdirectory: "inner"))
        _ = try await bench.builder().distribution(of: reference, for: nil, on: python)
        _ = try bench.shell("rm -r '\(folder)'", in: bench.folder.path)
        let found = try await bench.builder().distribution(of: reference, for: nil, on: python)
        let built = try await install(found, bench.builder())
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "1.0\n")
    }

    @Test func repositoriesWithSubmodules() async throws {
        let python = try interpreter()
        let (inner, _) = try repository()
        let outer = bench.folder.path.appending("outer")
        try TinyProject.write("", to: outer.appending("readme"))
        _ = try bench.shell(
            "git init -q -b main && git -c protocol.file.allow=always submodule --quiet add 'file://\(inner)' sub && git add -A && git commit -qm one",
            in: outer)
        let found = try await bench.builder().distribution(
            of: .repository(DirectRepository(url: "file://\(outer)", subdirectory: "sub/inner")), for: nil, on: python)
        #expect(found.metadata.version.description == "2.0")
    }

    @Test func hooksOfRepositoriesAreNotRun() async throws {
        let python = try interpreter()
        let (folder, _) = try repository()
        let marker = bench.folder.path.appending("hooked")
        _ = try bench.shell(
            "printf '#!/bin/sh\\ntouch \(marker)\\n' > .git/hooks/post-checkout && chmod +x .git/hooks/post-checkout && cp .git/hooks/post-checkout .git/hooks/pre-fetch",
            in: folder)
        _ = try await bench.builder().distribution(
            of: .repository(DirectRepository(url: "file://\(folder)", subdirectory: "inner")), for: nil, on: python)
        #expect(bench.folder.mode("hooked") == nil)
    }

    @Test(arguments: [
        ("no-such-branch", "has no branch, tag or commit 'no-such-branch'"), ("--upload-pack=id", "cannot be a branch"),
        ("0123456789012345678901234567890123456789", "has no branch, tag or commit"), ("abcdef", "has no branch"),
    ])
    func revisionsThatAreNotThere(_ revision: String, _ words: String) async throws {
        let python = try interpreter()
        let (folder, _) = try repository()
        let error = await #expect(throws: SourceBuildError.self) {
            try await bench.builder().distribution(
                of: .repository(DirectRepository(url: "file://\(folder)", revision: revision)), for: nil, on: python)
        }
        #expect(error?.diagnostic.headline.contains(words) == true, "\(String(describing: error?.diagnostic.headline))")
    }

    @Test func repositoriesThatAreNotThere() async throws {
        let python = try interpreter()
        let error = await #expect(throws: SourceBuildError.self) {
            try await bench.builder().distribution(
                of: .repository(DirectRepository(url: "file://\(bench.folder.path)/nowhere")), for: nil, on: python)
        }
        guard case .repository(let failure)? = error, case .failed(_, let output) = failure.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(output.contains { $0.contains("nowhere") })
    }
}
