import Lockfiles
import PythonPackaging
import Testing

@Suite struct LockSelectionTests {
    /// CPython 3.12 on Linux with glibc 2.36.
    private static func target() throws -> PythonTarget {
        PythonTarget(
            pythonVersion: try Version(parsing: "3.12.4"),
            markerEnvironment: MarkerEnvironment(
                implementationName: "cpython", implementationVersion: "3.12.4", osName: "posix",
                platformMachine: "x86_64", platformPythonImplementation: "CPython", platformRelease: "6.1",
                platformSystem: "Linux", platformVersion: "#1", pythonFullVersion: "3.12.4", pythonVersion: "3.12",
                sysPlatform: "linux"),
            tags: .compatible(
                implementation: .cPython, version: (3, 12), platform: .linux(arch: "x86_64", libc: .glibc(2, 36))))
    }

    private func selected(
        _ packages: [LockedPackage], environments: [String] = [], requiresPython: String? = nil, extras: [String] = [],
        groups: [String]? = nil
    ) throws -> [String] {
        let lock = PyLock(
            environments: environments, requiresPython: requiresPython, extras: [try ExtraName(parsing: "gpu")],
            dependencyGroups: ["Docs"], defaultGroups: ["main"], packages: packages)
        let extras = try Set(extras.map { try ExtraName(parsing: $0) })
        return try lock.selection(for: Self.target(), extras: extras, dependencyGroups: groups, file: "x").map {
            switch $0.choice {
            case .wheel(let wheel, _): wheel.filename
            case .sdist(let sdist): sdist.filename
            case .archive(let archive): "archive \(archive.file.filename)"
            case .repository(let repository): "commit \(repository.commitID)"
            case .directory(let directory): "folder \(directory.path)"
            }
        }
    }

    @Test func bestWheelOfEachPackage() throws {
        let packages = [
            try SampleLocks.package(
                "b", "1",
                wheels: [
                    "b-1-py2.py3-none-any.whl", "b-1-py3-none-any.whl", "b-1-cp312-cp312-manylinux_2_28_x86_64.whl",
                    "b-1-cp312-cp312-win32.whl",
                ].map { SampleLocks.wheel($0) }),
            try SampleLocks.package(
                "a", "1", wheels: ["a-1-py3-none-any.whl", "a-1-7-py3-none-any.whl"].map { SampleLocks.wheel($0) }),
        ]
        #expect(try selected(packages) == ["a-1-7-py3-none-any.whl", "b-1-cp312-cp312-manylinux_2_28_x86_64.whl"])
    }

    @Test func whatTheLockDoesNotHave() {
        let extra = #expect(throws: LockError.self) { try selected([], extras: ["cpu"]) }
        #expect(extra?.description == "x: extras: 'cpu' is asked for, and the lock has gpu")
        let group = #expect(throws: LockError.self) { try selected([], groups: ["test"]) }
        #expect(group?.description == "x: dependency-groups: 'test' is asked for, and the lock has docs, main")
    }

    @Test func markers() throws {
        func package(_ name: String, _ marker: String?) throws -> LockedPackage {
            try SampleLocks.package(
                name, "1", marker: marker, wheels: [SampleLocks.wheel("\(name)-1-py3-none-any.whl")])
        }
        let packages = [
            try package("always", nil), try package("windows", "sys_platform == 'win32'"),
            try package("gpu", "'gpu' in extras"),
            try package("main", "'main' in dependency_groups"), try package("docs", "'docs' in dependency_groups"),
        ]
        #expect(try selected(packages) == ["always-1-py3-none-any.whl", "main-1-py3-none-any.whl"])
        #expect(
            try selected(packages, extras: ["GPU"], groups: ["docs"]) == [
                "always-1-py3-none-any.whl", "docs-1-py3-none-any.whl", "gpu-1-py3-none-any.whl",
            ])
    }

    @Test func refusals() throws {
        let wheel = SampleLocks.wheel("a-1-py3-none-any.whl")
        let package = try SampleLocks.package("a", "1", wheels: [wheel])
        func problem(_ path: String, _ body: () throws -> [String]) {
            let error = #expect(throws: LockError.self) { try body() }
            #expect(error?.keyPath == path, "\(String(describing: error))")
        }
        problem("requires-python") { try selected([package], requiresPython: "<3.12") }
        problem("environments") { try selected([package], environments: ["os_name == 'nt'"]) }
        problem("packages[1] (a)") { try selected([package, package]) }
        var foreign = package
        foreign.source = .distributions(sdist: nil, wheels: [SampleLocks.wheel("a-1-cp312-cp312-win32.whl")])
        problem("packages[0] (a)") { try selected([foreign]) }
        foreign.source = .archive(LockedArchive(file: SampleLocks.wheel("a-1-cp312-cp312-win32.whl")))
        problem("packages[0] (a)") { try selected([foreign]) }
        foreign = package
        foreign.requiresPython = "<3"
        problem("packages[0] (a).requires-python") { try selected([foreign]) }
        #expect(
            try selected(
                [package], environments: ["os_name == 'nt'", "os_name == 'posix'"], requiresPython: "==3.12.*"
            ).count == 1)
    }

    @Test func sources() throws {
        let sdist = SampleLocks.wheel("a-1.tar.gz")
        var package = try SampleLocks.package("a", "1", wheels: [SampleLocks.wheel("a-1-py3-none-any.whl")])
        func chosen(_ source: LockedSource) throws -> [String] {
            package.source = source
            return try selected([package])
        }
        let fitting = SampleLocks.wheel("a-1-py3-none-any.whl")
        let foreign = SampleLocks.wheel("a-1-cp312-cp312-win32.whl")
        #expect(try chosen(.distributions(sdist: sdist, wheels: [fitting])) == [fitting.filename])
        #expect(try chosen(.distributions(sdist: sdist, wheels: [foreign])) == ["a-1.tar.gz"])
        #expect(try chosen(.distributions(sdist: sdist, wheels: [])) == ["a-1.tar.gz"])
        #expect(try chosen(.archive(LockedArchive(file: fitting))) == ["archive a-1-py3-none-any.whl"])
        #expect(try chosen(.archive(LockedArchive(file: sdist))) == ["archive a-1.tar.gz"])
        #expect(try chosen(.directory(LockedDirectory(path: "."))) == ["folder ."])
        let commit = String(repeating: "4", count: 40)
        #expect(
            try chosen(.versionControl(LockedRepository(type: "git", url: "file:///r", commitID: commit)))
                == ["commit \(commit)"])
    }
}
