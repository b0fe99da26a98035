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

/// Builds with the Pythons of this machine; each test says so where there is none.
@Suite(.serialized) struct BuildTests {
    private let bench: Bench
    private let python: Interpreter?

    init() async throws {
        bench = try await Bench()
        python = try await bench.python()
    }

    private func interpreter() throws -> Interpreter {
        try #require(python, "there is no Python on this machine to build with")
    }

    private func failure(_ body: () async throws -> Void) async -> SourceBuildError? {
        do {
            try await body()
        } catch {
            return error as? SourceBuildError ?? .cache(cause: error)
        }
        return nil
    }

    // MARK: - Metadata

    @Test func metadataOfASourceDistributionIsBuiltOnce() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.requiresDist = ["other>=2"]
        try bench.add(project)
        let file = try await bench.offered(project)
        let builder = bench.builder()
        async let first = builder.metadata(of: file, on: python)
        async let second = builder.metadata(of: file, on: python)
        let found = try await [first, second]
        #expect(found.map(\.requiresDist) == [["other>=2"], ["other>=2"]])
        #expect(bench.builds == ["metadata"])
        // Another process finds it in the cache, without the archive.
        let requests = bench.index.requestCount(endingWith: ".tar.gz")
        #expect(try await bench.builder().metadata(of: file, on: python).requiresDist == ["other>=2"])
        #expect(bench.builds == ["metadata"])
        #expect(bench.index.requestCount(endingWith: ".tar.gz") == requests)
        #expect(bench.folder.names("cache/temporary").isEmpty)
    }

    @Test func ofSeveralProcessesOneBuilds() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.twist = "import time\ntime.sleep(0.3)\n"
        try bench.add(project)
        let file = try await bench.offered(project)
        // Two builders know nothing of each other but the cache, like two processes.
        let builders = [bench.builder(), bench.builder()]
        try await withThrowingTaskGroup { group in
            for builder in builders { group.addTask { _ = try await builder.metadata(of: file, on: python) } }
            try await group.waitForAll()
        }
        #expect(bench.builds == ["metadata"])
    }

    @Test func trustedMetadataIsNotBuilt() async throws {
        let python = try interpreter()
        let project = TinyProject("tiny")
        try bench.add(
            project, packageInfo: "Metadata-Version: 2.2\nName: tiny\nVersion: 1.0\nRequires-Dist: told\nDynamic: Summary\n")
        let metadata = try await bench.builder().metadata(of: bench.offered(project), on: python)
        #expect(metadata.requiresDist == ["told"])
        #expect(bench.builds.isEmpty)
    }

    @Test func metadataOfAnotherProjectIsRefused() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.twist = "METADATA = METADATA.replace('Version: 1.0', 'Version: 2.0')\n"
        try bench.add(project)
        let file = try await bench.offered(project)
        let error = await failure { _ = try await bench.builder().metadata(of: file, on: python) }
        guard case .otherProject(let what, let found)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((what, found) == ("tiny 1.0", "tiny 2.0"))
        // To a resolution it is a version that cannot be used.
        await #expect(throws: UnusableMetadata.self) {
            try await bench.source(bench.builder(), python).coreMetadata(of: file)
        }
    }

    @Test func backendsWithoutMetadataBuildTheWheel() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.twist = "del prepare_metadata_for_build_wheel\n"
        project.requiresDist = ["other"]
        try bench.add(project)
        let builder = bench.builder()
        let file = try await bench.offered(project)
        #expect(try await builder.metadata(of: file, on: python).requiresDist == ["other"])
        let lock = try Self.lock(of: project, file)
        let built = try await environment(lock, builder, python)
        #expect(try bench.run(built.python, "import tiny; print(tiny.value)") == "1.0\n")
        // The wheel that was built for its metadata is the one that is installed.
        #expect(bench.builds == ["wheel"])
    }

    private static func lock(of project: TinyProject, _ file: IndexFile) throws -> PyLock {
        let sha256 = try #require(file.sha256)
        return PyLock(packages: [
            LockedPackage(
                name: try PackageName(parsing: project.name), version: try Version(parsing: project.version),
                source: .distributions(
                    sdist: LockedSdist(filename: file.filename, url: file.url, sha256: sha256, size: file.size), wheels: []))
        ])
    }

    private func environment(
        _ lock: PyLock, _ builder: SourceBuilder, _ python: Interpreter
    ) async throws -> BuiltEnvironment {
        let client = bench.client
        return try await EnvironmentStore(cache: bench.cache, builder: builder).ensure(lock, interpreter: python) { client }
    }

    // MARK: - Requirements of builds

    @Test func whatABuildNeedsIsResolvedAndInstalled() async throws {
        let python = try interpreter()
        var tool = WheelBuilder("tool", "3.0")
        tool.files = [("tool.py", "answer = 42\n")]
        bench.index.add(tool)
        bench.index.add(WheelBuilder("extra_tool", "1.0"))
        var project = TinyProject("tiny")
        project.requires = ["tool>=2", "never ; python_version < '3'"]
        project.twist = """
            import tool, os
            METADATA += "Requires-Dist: answer==%d\\n" % tool.answer
            METADATA += "Requires-Dist: %s\\n" % ("shielded" if "PYTHONPATH" not in os.environ else "open")
            def get_requires_for_build_wheel(config_settings=None):
                return ["extra-tool"]
            def prepare_metadata_for_build_wheel(folder, config_settings=None):
                import importlib.metadata
                global METADATA
                METADATA += "Requires-Dist: extra==%s\\n" % importlib.metadata.version("extra-tool")
                os.mkdir(os.path.join(folder, INFO))
                with open(os.path.join(folder, INFO, "METADATA"), "w") as file:
                    file.write(METADATA)
                return INFO

            """
        try bench.add(project)
        let metadata = try await bench.builder().metadata(of: bench.offered(project), on: python)
        #expect(metadata.requiresDist == ["answer==42", "shielded", "extra==1.0"])
    }

    @Test func toolsAreBuiltFromSourceToo() async throws {
        let python = try interpreter()
        try bench.add(TinyProject("tool", "2.0"))
        var project = TinyProject("tiny")
        project.requires = ["tool"]
        project.twist = "import tool\nMETADATA += 'Requires-Dist: answer==%s\\n' % tool.value\n"
        try bench.add(project)
        let metadata = try await bench.builder().metadata(of: bench.offered(project), on: python)
        #expect(metadata.requiresDist == ["answer==2.0"])
    }

    @Test(arguments: [false, true]) func buildsThatNeedThemselvesAreFound(_ startsInTheMiddle: Bool) async throws {
        let python = try interpreter()
        var (egg, hen) = (TinyProject("egg"), TinyProject("hen"))
        egg.requires = ["hen"]
        hen.requires = ["egg"]
        try bench.add(egg)
        try bench.add(hen)
        let files = [try await bench.offered(egg), try await bench.offered(hen)]
        let builder = bench.builder()
        // Both at once: each would wait for the other.
        let errors = await withTaskGroup(of: SourceBuildError?.self) { group in
            for file in startsInTheMiddle ? files : [files[0]] {
                group.addTask { await self.failure { _ = try await builder.metadata(of: file, on: python) } }
            }
            var errors: [SourceBuildError?] = []
            for await error in group { errors.append(error) }
            return errors
        }
        for error in errors {
            guard case .cycle(let chain)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(Set(chain) == ["egg 1.0", "hen 1.0"])
            #expect(chain.first == chain.last)
        }
    }

    @Test func unmetBuildRequirementsSayWhoseTheyAre() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.requires = ["no-such-tool"]
        try bench.add(project)
        let file = try await bench.offered(project)
        let error = await failure { _ = try await bench.builder().metadata(of: file, on: python) }
        guard case .requirements(let what, let requirements, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(what == "tiny 1.0")
        #expect(requirements == ["no-such-tool"])
    }

    // MARK: - Builds that go wrong

    @Test func aFailingHookIsToldWithItsOutput() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.twist = """
            def prepare_metadata_for_build_wheel(folder, config_settings=None):
                print("fatal error: libfoo.h: No such file or directory")
                raise RuntimeError("no way")

            """
        let failed = try await failedBuild(of: project, python)
        #expect(failed.what == "tiny 1.0")
        #expect(failed.hook == "prepare_metadata_for_build_wheel")
        #expect(failed.ending == .exception("RuntimeError: no way"))
        #expect(failed.lastLines.contains { $0.hasPrefix("fatal error") })
        #expect(failed.lastLines.last == "RuntimeError: no way")
        #expect(failed.hint?.contains("libfoo.h") == true)
        let log = try #require(failed.log)
        #expect(FilePath(log).starts(with: bench.cache.root))
    }

    @Test func aDyingHookIsToldWithItsSignal() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.twist = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
        #expect(try await failedBuild(of: project, python).ending == .signal(9))
        project.version = "2.0"
        project.twist = "os._exit(7)\n"
        #expect(try await failedBuild(of: project, python).ending == .exited(code: 7))
        project.version = "3.0"
        project.twist = "import no_such_module\n"
        guard case .noBackend("backend", let reason) = try await failedBuild(of: project, python).ending else {
            Issue.record("it was loaded")
            return
        }
        #expect(reason.contains("no_such_module"))
    }

    private func failedBuild(
        of project: TinyProject, _ python: Interpreter, _ change: (inout SourceBuildOptions) -> Void = { _ in }
    ) async throws -> BuildFailure {
        bench.index.update { $0.projects[project.name] = [] }
        try bench.add(project)
        let bytes = try project.sdist()
        let file = IndexFile(
            filename: "\(project.stem).tar.gz", url: "\(bench.index.server.url)/files/\(project.stem).tar.gz",
            sha256: SHA256Digest(hashing: bytes))
        let builder = bench.builder(change)
        let error = await failure { _ = try await builder.metadata(of: file, on: python) }
        guard case .failed(let failed)? = error else { throw Bench.Failure(text: "\(String(describing: error))") }
        return failed
    }

    @Test func aHangingHookIsEndedWithItsChildren() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        let marker = bench.folder.path.appending("child")
        project.twist = """
            import subprocess, time
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            with open("\(marker)", "w") as file:
                file.write(str(child.pid))
            time.sleep(600)

            """
        let failed = try await failedBuild(of: project, python) { $0.timeout = .seconds(3) }
        #expect(failed.ending == .timedOut(seconds: 3))
        let child = String(decoding: try bench.folder.read("child"), as: UTF8.self)
        #expect(try Processes.hasEnded(child))
    }

    @Test func cancellingEndsTheBuild() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        let marker = bench.folder.path.appending("child")
        project.twist = """
            import time
            with open("\(marker)", "w") as file:
                file.write(str(os.getpid()))
            time.sleep(600)

            """
        try bench.add(project)
        let file = try await bench.offered(project)
        let builder = bench.builder()
        let task = Task { try await builder.metadata(of: file, on: python) }
        while (try? bench.folder.read("child"))?.isEmpty ?? true { try await Task.sleep(for: .milliseconds(20)) }
        task.cancel()
        let result = await task.result
        guard case .failure(let error) = result, case .cancelled = error as? SourceBuildError else {
            Issue.record("\(result)")
            return
        }
        #expect(try Processes.hasEnded(String(decoding: try bench.folder.read("child"), as: UTF8.self)))
    }

    @Test func whatIsPrintedIsNotKeptInMemory() async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.twist = "sys.stdout.write('x' * 79 + '\\n')\nfor _ in range(400000): sys.stdout.write('y' * 79 + '\\n')\n"
        try bench.add(project)
        #expect(try await bench.builder().metadata(of: bench.offered(project), on: python).name.description == "tiny")
        project.version = "2.0"
        project.twist = "while True: sys.stdout.write('z' * 1023 + '\\n')\n"
        let failed = try await failedBuild(of: project, python) { $0.outputLimit = 8 << 20 }
        #expect(failed.ending == .printedTooMuch(bytes: 8 << 20))
        #expect(failed.lastLines.allSatisfy { $0.count <= 300 })
    }

    @Test(arguments: [
        ("return write_wheel(folder, {}, 'other-1.0-py3-none-any.whl')", "but it holds"),
        ("return write_wheel(folder, {}, 'tiny-1.0-cp27-cp27m-win32.whl')", "cannot install"),
        ("return 'tiny-1.0-py3-none-any.whl'", "did not"),
        ("return '../tiny-1.0-py3-none-any.whl'", "not the name of a wheel"),
        ("return 7", "wrong kind"),
        ("os.symlink('/etc/passwd', os.path.join(folder, 'tiny-1.0-py3-none-any.whl')); return 'tiny-1.0-py3-none-any.whl'",
            "did not"),
        ("open(os.path.join(folder, 'tiny-1.0-py3-none-any.whl'), 'w').close(); return 'tiny-1.0-py3-none-any.whl'",
            "not sound"),
    ])
    func badWheels(_ body: String, _ words: String) async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.twist = "def build_wheel(folder, config_settings=None, metadata_directory=None):\n    \(body)\n"
        let folder = bench.folder.path.appending("project")
        try project.write(to: folder)
        let lock = PyLock(packages: [
            LockedPackage(
                name: try PackageName(parsing: "tiny"), version: nil, source: .directory(LockedDirectory(path: folder.string)))
        ])
        let error = await #expect(throws: EnvironmentError.self) {
            try await environment(lock, bench.builder(), python)
        }
        guard case .notBuilt(_, let cause)? = error, case .badResult(_, _, let reason, _)? = cause as? SourceBuildError else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(words), "\(reason)")
    }

    @Test(arguments: [
        "os.symlink('/etc', os.path.join(folder, INFO)); return INFO",
        "os.mkdir(os.path.join(folder, INFO)); os.symlink('/etc/passwd', os.path.join(folder, INFO, 'METADATA')); return INFO",
        "return '../' + INFO", "return INFO",
    ])
    func badMetadata(_ body: String) async throws {
        let python = try interpreter()
        var project = TinyProject("tiny")
        project.twist = "def prepare_metadata_for_build_wheel(folder, config_settings=None):\n    \(body)\n"
        try bench.add(project)
        let file = try await bench.offered(project)
        let error = await failure { _ = try await bench.builder().metadata(of: file, on: python) }
        guard case .badResult? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func whatIsNoProject() async throws {
        let python = try interpreter()
        let folder = bench.folder.path.appending("empty")
        try TinyProject.write("", to: folder.appending("readme.txt"))
        let error = await failure {
            _ = try await bench.builder().distribution(
                of: .directory(DirectDirectory(path: folder.string)), for: nil, on: python)
        }
        guard case .notAProject(_, let reason, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason == "it has neither pyproject.toml nor setup.py")
    }
}
