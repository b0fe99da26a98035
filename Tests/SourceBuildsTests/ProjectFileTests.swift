import PythonPackaging
import SourceBuilds
import SystemPackage
import TestSupport
import Testing

@Suite struct ProjectFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ text: String) throws -> ProjectFile {
        _ = try folder.write("pyproject.toml", Array(text.utf8))
        return try ProjectFile(in: ProjectFolder(folder.path), what: "demo")
    }

    @Test(arguments: [
        ("", BuildSystem.legacy),
        ("[project]\nname = 'a'\n", BuildSystem.legacy),
        ("[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n",
            BuildSystem(requires: ["hatchling"], backend: "hatchling.build")),
        ("[build-system]\nrequires = []\nbuild-backend = 'mine:make.it'\nbackend-path = ['.', 'tools/build']\n",
            BuildSystem(requires: [], backend: "mine:make.it", backendPath: [".", "tools/build"])),
        ("[build-system]\nrequires = ['setuptools']\n",
            BuildSystem(requires: ["setuptools"], backend: "setuptools.build_meta:__legacy__")),
    ])
    func buildSystems(_ text: String, _ expected: BuildSystem) throws {
        #expect(try read(text).buildSystem() == expected)
    }

    @Test(arguments: [
        ("build-system = 1\n", 1, "has to be a table"),
        ("[build-system]\nbuild-backend = 'a'\n", 1, "requires"),
        ("[build-system]\nrequires = 'a'\n", 2, "array of strings"),
        ("[build-system]\nrequires = ['a', 1]\n", 2, "array of strings"),
        ("[build-system]\nrequires = ['a b c']\n", 2, "no requirement"),
        ("[build-system]\nrequires = []\nbuild-backend = 'a;import os'\n", 3, "module"),
        ("[build-system]\nrequires = []\nbackend-path = ['../outside']\n", 3, "not in the project"),
        ("[build-system]\nrequires = []\nbackend-path = ['/etc']\n", 3, "not in the project"),
        ("[build-system\n", 1, "not TOML"),
    ])
    func faults(_ text: String, _ line: Int, _ words: String) throws {
        let error = #expect(throws: SourceBuildError.self) { try read(text).buildSystem() }
        guard case .projectFile(_, _, let found, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == line)
        #expect(reason.contains(words), "\(reason)")
    }

    @Test func staticMetadata() throws {
        let metadata = try read(
            """
            [project]
            name = "De.Mo"
            version = "1.0"
            requires-python = ">=3.9"
            dependencies = ["a>=1", "b ; python_version < '3.10' or os_name == 'nt'", "c @ https://example.org/c.zip"]
            [project.optional-dependencies]
            Fast = ["d[x]", "e ; os_name == 'nt' or os_name == 'posix'", "f @ file:///f.whl"]
            docs = []
            """
        ).staticMetadata()
        let found = try #require(metadata)
        #expect(found.name.description == "de-mo")
        #expect(found.version.description == "1.0")
        #expect(found.requiresPython == ">=3.9")
        #expect(found.providesExtra.map(\.description) == ["fast", "docs"])
        // What was written can be read again, and means the same.
        let reread = try CoreMetadata(parsing: Array(found.text.utf8))
        #expect(reread.requiresDist == found.requiresDist)
        let requirements = try reread.requirements()
        #expect(requirements.map(\.name.description) == ["a", "b", "c", "d", "e", "f"])
        let extra = try ExtraName(parsing: "fast")
        for requirement in requirements.suffix(3) {
            #expect(requirement.marker?.mentionsExtras == true, "\(requirement)")
            #expect(requirement.applies(in: Samples.linux, extras: [extra]))
            #expect(!requirement.applies(in: Samples.linux))
        }
    }

    @Test(arguments: [
        "[project]\nname = 'a'\n", "[project]\nversion = '1'\n",
        "[project]\nname = 'a'\nversion = '1'\ndynamic = ['dependencies']\n",
        "[project]\nname = 'a'\ndynamic = ['version']\n",
        "[project]\nname = 'a'\nversion = '1'\ndynamic = ['optional-dependencies', 'readme']\n",
        "[project]\nname = 'a'\nversion = 'one'\n",
        "[project]\nname = 'a'\nversion = '1'\ndependencies = ['no requirement']\n",
        "[project]\nname = 'a'\nversion = '1'\nrequires-python = 'three'\n",
        "[tool.poetry]\nname = 'a'\nversion = '1'\n",
    ])
    func leftToTheBackend(_ text: String) throws {
        #expect(try read(text).staticMetadata() == nil)
    }

    @Test func othersMayBeDynamic() throws {
        let project = try read("[project]\nname = 'a'\nversion = '1'\ndynamic = ['readme', 'classifiers']\n")
        #expect(project.staticMetadata()?.version.description == "1")
        #expect(project.hasStaticVersion)
    }

    @Test(arguments: [
        ("Metadata-Version: 2.2\nName: a\nVersion: 1\nRequires-Dist: b\n", true),
        ("Metadata-Version: 2.4\nName: a\nVersion: 1\nDynamic: Description\n", true),
        ("Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b\n", false),
        ("Metadata-Version: 2.2\nName: a\nVersion: 1\nDynamic: Requires-Dist\n", false),
        ("Metadata-Version: 2.3\nName: a\nVersion: 1\nDynamic: provides-extra\n", false),
        ("Metadata-Version: 3.0\nName: a\nVersion: 1\n", false),
        ("Metadata-Version: 2.2\nName: a\n", false),
    ])
    func packageInfo(_ text: String, _ isTrusted: Bool) throws {
        _ = try folder.write("PKG-INFO", Array(text.utf8))
        #expect((PackageInfo.staticMetadata(in: ProjectFolder(folder.path)) != nil) == isTrusted)
    }
}
