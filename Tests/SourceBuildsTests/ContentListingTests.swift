import Digests
import SourceBuilds
import SystemPackage
import TestSupport
import Testing

@Suite struct ContentListingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        _ = try folder.write("pyproject.toml", [1])
        _ = try folder.write(folders: "pkg/module.py", [1, 2])
    }

    private func digest() throws -> String { try ContentListing.digest(of: folder.path, what: "demo").hex }

    @Test(arguments: ["pkg/module.py", "pkg/new.py", "data.bin", "build/__init__.py"])
    func changesThatCount(_ path: String) throws {
        let before = try digest()
        _ = try folder.write(folders: path, [1, 2, 3])
        #expect(try digest() != before)
    }

    @Test(arguments: [
        "build/lib/a.py", "dist/a.whl", "demo.egg-info/PKG-INFO", "pkg/__pycache__/module.pyc", ".git/HEAD", ".venv/bin/python",
        "env/pyvenv.cfg", "pkg/module.pyc", ".tox/x",
    ])
    func whatBuildsLeaveBehind(_ path: String) throws {
        let before = try digest()
        _ = try folder.write(folders: path, [1, 2, 3])
        #expect(try digest() == before)
    }

    @Test func editableProjects() throws {
        let before = ContentListing.digestOfProjectFiles(in: folder.path)
        _ = try folder.write("pkg/module.py", [9])
        #expect(ContentListing.digestOfProjectFiles(in: folder.path) == before)
        _ = try folder.write("setup.cfg", [])
        #expect(ContentListing.digestOfProjectFiles(in: folder.path) != before)
    }
}
