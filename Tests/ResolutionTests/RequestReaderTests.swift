import Diagnostics
import Lockfiles
import PythonPackaging
import Resolution
import Testing

@Suite("Requests")
struct RequestReaderTests {
    private static func reader(_ files: [String: String]) -> RequestReader {
        RequestReader(folder: "/w", environment: ["HOME": "/home/me"], files: FolderOfTexts(files))
    }

    @Test("texts, editables and files are put together in order")
    func together() async throws {
        let reader = Self.reader([
            "/w/a.txt": "a", "/w/c.txt": "c<2", "/w/o.txt": "o==1\n-r more.txt", "/w/more.txt": "m==2",
            "/w/project/pyproject.toml": "[project]\nname = 'Some_Project'",
        ])
        let read = try await reader.read(
            RequestSources(
                requirements: ["t>=1", "./project[x]"], editables: ["project"], files: ["a.txt"],
                constraints: ["c.txt"], overrides: ["o.txt"]))
        #expect(read.texts == [
            "t>=1", "some-project[x] @ file:///w/project", "some-project @ file:///w/project", "a",
        ])
        #expect(read.request.constraints.map(\.spelled) == ["c<2"])
        #expect(read.request.overrides.map(\.spelled) == ["o==1", "m==2"])
        #expect(read.request.requirements.map { $0.asker?.words } == [nil, nil, nil, "a.txt"])
        #expect(read.request.requirements[2].reference == .directory(DirectDirectory(path: "/w/project", isEditable: true)))
        #expect(read.request.requirements[2].spelled == "-e project")
    }

    @Test("a project without a static name is named by its metadata, and only then")
    func unnamed() async throws {
        let reader = Self.reader(["/w/old/setup.py": "", "/home/me/p/setup.py": ""])
        let read = try await reader.read(
            RequestSources(
                requirements: ["git+https://git.example/thing.git@v1"], editables: ["old[x]", "~/p ; os_name == 'nt'"]))
        #expect(read.request.requirements.isEmpty)
        #expect(read.unnamed.map { $0.presumedName?.description } == ["thing", "old", "p"])
        let request = try await read.named(by: NamingSource())
        #expect(request.requirements.map(\.requirement.description) == [
            "real-thing @ git+https://git.example/thing.git@v1", "real-old[x] @ file:///w/old",
            "real-p @ file:///home/me/p ; os_name == \"nt\"",
        ])
    }

    @Test("what cannot be read says so", arguments: [
        ("setup.py", "install script"), ("setup.cfg", "settings of a build"), ("pylock.toml", "a lock"), ("uv.lock", "a lock"),
        ("none.txt", "no file none.txt"), ("../x.in", "no file /x.in"),
    ])
    func otherKinds(_ file: String, _ words: String) async throws {
        let reader = Self.reader(["/w/setup.py": "", "/w/setup.cfg": "", "/w/pylock.toml": "", "/w/uv.lock": ""])
        let error = await #expect(throws: RequestError.self) { try await reader.read(RequestSources(files: [file])) }
        #expect(try #require(error).diagnostic.headline.contains(words))
    }
}

/// A source that knows direct references alone, and calls each package "real" and its presumed name.
private struct NamingSource: PackageMetadataSource {
    var indexDescriptions: [String] { [] }

    func listing(of project: PackageName) async throws -> (any VersionListing)? { nil }

    func coreMetadata(of wheel: IndexFile) async throws -> CoreMetadata { throw UnusableMetadata(reason: "is not there") }

    func distribution(of reference: DirectReference, for name: PackageName) async throws -> DirectDistribution {
        DirectDistribution(
            metadata: try CoreMetadata(parsing: Array("Metadata-Version: 2.1\nName: real-\(name)\nVersion: 1\n".utf8)),
            source: .directory(LockedDirectory(path: "/x")))
    }
}
