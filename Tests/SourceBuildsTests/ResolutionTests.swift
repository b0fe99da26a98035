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

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Resolutions that build, and targets that are not this machine.
@Suite(.serialized) struct BuildingResolutionTests {
    private let bench: Bench

    init() async throws { bench = try await Bench() }

    @Test func aTargetOfAnotherPythonIsAskedWithOneLikeIt() async throws {
        let pythons = await bench.finder.all().filter { $0.implementation == "cpython" && !$0.isFreeThreaded }
        let newest = try #require(
            pythons.max { $0.version < $1.version }, "there is no Python on this machine to build with")
        var project = TinyProject("tiny")
        project.twist = "METADATA += 'Requires-Dist: python==%d.%d\\n' % sys.version_info[:2]\n"
        try bench.add(project)
        let file = try await bench.offered(project)
        let builder = bench.builder()
        let source = bench.source(builder, newest)
        for python in Set(pythons.map { [$0.version.major, $0.version.minor] }) where python[1] >= 8 {
            var target = newest.target
            target.pythonVersion = try Version(parsing: "\(python[0]).\(python[1]).77")
            target.markerEnvironment.pythonVersion = "\(python[0]).\(python[1])"
            let metadata = try await source.source(for: target).coreMetadata(of: file)
            #expect(metadata.requiresDist == ["python==\(python[0]).\(python[1])"])
        }
        // One that is not there is stood in for by the newest.
        var target = newest.target
        target.pythonVersion = try Version(parsing: "3.99.0")
        let metadata = try await source.source(for: target).coreMetadata(of: file)
        #expect(metadata.requiresDist == ["python==\(newest.version.major).\(newest.version.minor)"])
    }

    @Test func aResolutionTakesSourceDistributions() async throws {
        let python = try #require(try await bench.python(), "there is no Python on this machine to build with")
        var project = TinyProject("tiny")
        project.requiresDist = ["helper>=1"]
        try bench.add(project)
        bench.index.add(WheelBuilder("helper", "1.5"))
        let builder = bench.builder()
        let resolver = Resolver(source: bench.source(builder, python), target: python.target)
        let lock = try await resolver.resolve([try RootRequirement(parsing: "tiny")])
        #expect(lock.packages.map(\.description) == ["helper 1.5", "tiny 1.0"])
        let client = bench.client
        let built = try await EnvironmentStore(cache: bench.cache, builder: builder)
            .ensure(lock, interpreter: python) { client }
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "1.0\n")
    }

    /// Backends as they are in the world; needs the network, and a variable that allows it.
    @Test(
        .enabled(if: getenv("PENSTOCK_NETWORK_TESTS") != nil, "set PENSTOCK_NETWORK_TESTS to build with backends from the real index"),
        arguments: [
            ("[build-system]\nrequires = ['flit_core']\nbuild-backend = 'flit_core.buildapi'\n", true),
            ("[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n", true),
            ("[build-system]\nrequires = ['setuptools>=61']\nbuild-backend = 'setuptools.build_meta'\n", true),
            ("[build-system]\nrequires = ['poetry-core>=2']\nbuild-backend = 'poetry.core.masonry.api'\n", true),
            ("", false),
        ])
    func realBackends(_ buildSystem: String, _ hasProjectTable: Bool) async throws {
        let python = try #require(try await bench.python(), "there is no Python on this machine to build with")
        var variables: [String: String] = bench.variables
        for name in ["PIP_INDEX_URL", "PIP_CONFIG_FILE", "UV_DEFAULT_INDEX", "PENSTOCK_INDEX_URL", "SSL_CERT_FILE"] {
            if let value = getenv(name) { variables[name] = String(cString: value) }
        }
        let finder = bench.finder
        let configuration = try await IndexConfiguration.discover(options: IndexOptions(), environment: variables) {
            try await finder.defaultIndex(of: python)
        }
        let client = PackageIndexClient(configuration: configuration, cache: bench.cache)
        let builder = SourceBuilder(cache: bench.cache, finder: finder, environment: variables) { client }
        let folder = bench.folder.path.appending("real")
        try TinyProject.write("\"\"\"A module.\"\"\"\n__version__ = '1.0'\n", to: folder.appending("real.py"))
        if hasProjectTable {
            let project = "[project]\nname = 'real'\ndescription = 'x'\nversion = '1.0'\n"
            let hatch = buildSystem.contains("hatch") ? "[tool.hatch.build.targets.wheel]\ninclude = ['real.py']\n" : ""
            try TinyProject.write(buildSystem + project + hatch, to: folder.appending("pyproject.toml"))
        } else {
            try TinyProject.write(
                "from setuptools import setup\nsetup(name='real', version='1.0', py_modules=['real'])\n",
                to: folder.appending("setup.py"))
        }
        for isEditable in [false, true] {
            let found = try await builder.distribution(
                of: .directory(DirectDirectory(path: folder.string, isEditable: isEditable)), for: nil, on: python)
            let lock = PyLock(packages: [LockedPackage(name: found.metadata.name, version: nil, source: found.source)])
            let built = try await EnvironmentStore(cache: bench.cache, builder: builder)
                .ensure(lock, interpreter: python) { client }
            #expect(try bench.run(built.python, "import real; print(real.__version__)") == "1.0\n")
        }
        await client.shutdown()
    }
}
