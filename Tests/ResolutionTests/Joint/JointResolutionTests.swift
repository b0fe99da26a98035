import CondaPackaging
import CondaSolving
import Diagnostics
import Digests
import Lockfiles
import PythonPackaging
import Resolution
import Synchronization
import Testing

/// Conda packages and projects of an index in one solve.
@Suite("Both worlds in one resolution")
struct JointResolutionTests {
    static let channel = """
        python 3.12.4 1_cpython
        python 3.11.9 1_cpython
        numpy 2.1 py312 (has numpy 2.1): python >=3.12,<3.13.0a0
        numpy 2.1 py311 (has numpy 2.1): python >=3.11,<3.12.0a0
        numpy 1.26 py311 (has numpy 1.26): python >=3.11,<3.12.0a0
        scipy 1.14 py312 (has scipy 1.14): python >=3.12,<3.13.0a0 | numpy >=2
        six 1.16 py (noarch, has six 1.16): python
        libc 1.0
        zlib 1.3
        """
    static let index = """
        pandas 2.2: numpy>=1.26|six
        pandas 1.5: numpy<1.26|six
        numpy 2.2
        numpy 2.1
        numpy 1.25
        six 1.17
        zlib 5.0
        """

    private static func world(_ channel: String = channel, _ index: String = index, direct: String = "") throws -> JointWorld {
        try JointWorld(channel: channel, index: index, direct: direct)
    }

    // MARK: - Never twice

    @Test("a project that conda was asked for comes from conda, and others from the index")
    func condaFirst() async throws {
        let found = try await Self.world().solve(["numpy"], ["pandas"])
        #expect(found == ["conda numpy 2.1 py312", "conda python 3.12.4 1_cpython", "pypi pandas 2.2", "pypi six 1.17"])
    }

    @Test("what conda brings in anyway is not installed a second time")
    func broughtIn() async throws {
        let found = try await Self.world().solve(["scipy"], ["pandas"])
        #expect(found == [
            "conda numpy 2.1 py312", "conda python 3.12.4 1_cpython", "conda scipy 1.14 py312", "pypi pandas 2.2", "pypi six 1.17",
        ])
    }

    @Test("a conda package of the same name that has nothing to do with Python is no project")
    func otherThing() async throws {
        let found = try await Self.world().solve(["zlib", "python"], ["zlib"])
        #expect(found == ["conda python 3.12.4 1_cpython", "conda zlib 1.3 0", "pypi zlib 5.0"])
    }

    // MARK: - Preference

    @Test("which world is preferred is said for all projects or for one", arguments: [
        (WorldPreference(), "pypi six 1.17"), (WorldPreference(usual: .conda), "conda six 1.16 py"),
        (WorldPreference(usual: .pypi), "pypi six 1.17"),
    ])
    func preference(_ preference: WorldPreference, _ expected: String) async throws {
        var world = try Self.world()
        world.preference = preference
        let found = try await world.solve(["python"], ["six"])
        #expect(found.filter { $0.contains("six") } == [expected])
        world.preference.ofProjects[try PackageName(parsing: "six")] = .conda
        #expect(try await world.solve(["python"], ["six"]).filter { $0.contains("six") } == ["conda six 1.16 py"])
        world.preference.ofProjects[try PackageName(parsing: "six")] = .pypi
        #expect(try await world.solve(["python"], ["six"]).filter { $0.contains("six") } == ["pypi six 1.17"])
    }

    @Test("what was asked of conda stays conda's, whatever is preferred")
    func preferenceAndRequirement() async throws {
        var world = try Self.world()
        world.preference = WorldPreference(usual: .pypi)
        #expect(try await world.solve(["python", "numpy"], ["pandas"]).filter { $0.contains("numpy") } == ["conda numpy 2.1 py312"])
    }

    // MARK: - Versions and Pythons

    @Test("a version that only the index has is taken from there")
    func onlyIndex() async throws {
        var world = try Self.world()
        world.preference = WorldPreference(usual: .conda)
        let found = try await world.solve(["python"], ["numpy==2.2"])
        #expect(found == ["conda python 3.12.4 1_cpython", "pypi numpy 2.2"])
    }

    @Test("requirements with local versions and odd operators", arguments: [
        ("six===1.16", "conda six 1.16 py"), ("six==1.16+local", "refused"), ("six~=1.16.0", "conda six 1.16 py"),
        ("six!=1.16", "pypi six 1.17"), ("six==1.16.*", "conda six 1.16 py"), ("six>1!0", "refused"),
    ])
    func operators(_ requirement: String, _ expected: String) async throws {
        var world = try Self.world()
        world.preference = WorldPreference(usual: .conda)
        #expect(try await world.solve(["python"], [requirement]).contains(expected), "\(requirement)")
    }

    @Test("an older series of Python is taken where the newest goes with nothing")
    func olderPython() async throws {
        let channel = "python 3.13.1 0_cp313\npython 3.12.4 0_cpython\npython 3.11.9 0_cpython"
        let world = try Self.world(channel, "old 1 (wheel cp311-cp311-manylinux_2_17_x86_64)")
        #expect(try await world.solve(["python"], ["old"]) == ["conda python 3.11.9 0_cpython", "pypi old 1"])
        #expect(try await world.solve(["python>=3.12"], ["old"]).first == "refused")
    }

    @Test("markers are read for the very Python that is chosen")
    func exactPython() async throws {
        let channel = "python 3.12.9 0_cpython\npython 3.12.4 0_cpython\ntool 1.0 py (has tool 1.0): python <=3.12.4"
        let index = "a 1: tool|b; python_full_version == '3.12.4'\ntool 1.0 (python >=3.13)\nb 1"
        let found = try await Self.world(channel, index).solve(["python"], ["a"])
        #expect(found == ["conda python 3.12.4 0_cpython", "conda tool 1.0 py", "pypi a 1", "pypi b 1"])
    }

    @Test("a free-threaded Python takes wheels for it")
    func freeThreaded() async throws {
        let channel = """
            python 3.13.1 0_cp313t (site lib/python3.13t/site-packages, features): python_abi 3.13.* *_cp313t
            python 3.13.1 0_cp313 (site lib/python3.13/site-packages): python_abi 3.13.* *_cp313
            python_abi 3.13 0_cp313t
            python_abi 3.13 0_cp313
            """
        let index = "fast 1 (wheel cp313-cp313t-manylinux_2_17_x86_64)\nslow 1 (wheel cp313-cp313-manylinux_2_17_x86_64)"
        let world = try Self.world(channel, index)
        #expect(try await world.solve(["python", "python_abi=*=*_cp313t"], ["fast"]).last == "pypi fast 1")
        #expect(try await world.solve(["python"], ["slow"]).last == "pypi slow 1")
        let answer = try await world.answer(conda: ["python=3.13.1=*_cp313t"], pypi: [try RootRequirement(parsing: "fast")])
        #expect(answer.python?.pythonName == "3.13.1t")
    }

    @Test("only CPython has wheels chosen for it")
    func pypy() async throws {
        let world = try Self.world("python 3.9.18 0_73_pypy", Self.index)
        #expect(try await world.solve(["python"], ["six"]).first?.contains("is no CPython 3") == true)
        let none = try await Self.world().solve(["zlib"], ["six"])
        #expect(none == ["broken: no conda package brings Python in"])
    }

    // MARK: - What packages really have

    static let torch = """
        python 3.12.4 0
        pytorch 2.5 b (has torch 2.5): python
        pytorch 2.4 a (has torch 2.4): python
        """

    @Test("a wrong guess by name is put right by looking into the package")
    func wrongGuess() async throws {
        let world = try Self.world(Self.torch, "vision 1: torch\nvision 0: torch<2.5\ntorch 2.6\npytorch 1.0")
        #expect(try await world.solve(["pytorch"], ["vision"]) == ["conda python 3.12.4 0", "conda pytorch 2.5 b", "pypi vision 1"])
        // What is called like the package is another project.
        #expect(try await world.solve(["pytorch"], ["pytorch"]).suffix(2) == ["conda pytorch 2.5 b", "pypi pytorch 1.0"])
        let looks = world.channel.requests.withLock { $0 }
        #expect(Set(looks) == ["look pytorch-2.5-b.conda"], "each solve looks once")
    }

    @Test("a mapping tells what a package has before anybody looks")
    func mapping() async throws {
        var world = try Self.world(Self.torch, "vision 1: torch<2.5\ntorch 2.4")
        world.preference = WorldPreference(usual: .conda)
        #expect(try await world.solve(["python"], ["vision"]).contains("pypi torch 2.4"))
        world.names = ProjectNameMapping([try CondaName(parsing: "pytorch"): [try PackageName(parsing: "torch")]])
        #expect(try await world.solve(["python"], ["vision"]) == ["conda python 3.12.4 0", "conda pytorch 2.4 a", "pypi vision 1"])
        // A package that has no project, as somebody says, has none.
        world.names = ProjectNameMapping([try CondaName(parsing: "pytorch"): []])
        #expect(try await world.solve(["pytorch"], ["vision"]).contains("pypi torch 2.4"))
    }

    @Test("a package that has two projects is both")
    func twoProjects() async throws {
        let channel = "python 3.12.4 0\nopencv 4.10 a (has opencv-python 4.10, has opencv-python-headless 4.10): python"
        let index = "a 1: opencv-python\nb 1: opencv-python-headless>=4\nopencv-python 4.11\nopencv-python-headless 4.11"
        #expect(try await Self.world(channel, index).solve(["opencv"], ["a", "b"]) == [
            "conda opencv 4.10 a", "conda python 3.12.4 0", "pypi a 1", "pypi b 1",
        ])
    }

    @Test("a package without any project stands for none; another one may have it")
    func metapackage() async throws {
        let channel = """
            python 3.12.4 0
            matplotlib 3.9 0: matplotlib-base >=3.9 | python
            matplotlib-base 3.9 0 (has matplotlib 3.9): python
            """
        let world = try Self.world(channel, "seaborn 1: matplotlib\nmatplotlib 3.10")
        #expect(try await world.solve(["matplotlib"], ["seaborn"]) == [
            "conda matplotlib 3.9 0", "conda matplotlib-base 3.9 0", "conda python 3.12.4 0", "pypi seaborn 1",
        ])
    }

    @Test("a refusal that rests on a wrong guess is none")
    func refusalByGuess() async throws {
        let channel = "python 3.12.4 0\ntool 1.1 0: python\ntool 1.0 0: python\nreal 1.0 0 (has real 1.0): python"
        let world = try Self.world(channel, "tool 2.0\nreal 2.0")
        #expect(try await world.solve(["tool"], ["tool>=2"]) == ["conda python 3.12.4 0", "conda tool 1.1 0", "pypi tool 2.0"])
        #expect(try await world.solve(["real"], ["real>=2"]).first == "refused")
        // What nobody has is looked for in one record of the package, and then in the others as far as they are chosen.
        #expect(try await world.solve(["python"], ["tool<2"]).first == "refused")
        #expect(world.channel.requests.withLock { Set($0) } == [
            "look tool-1.1-0.conda", "look tool-1.0-0.conda", "look real-1.0-0.conda",
        ])
    }

    @Test("names are compared as Python compares them")
    func spelling() async throws {
        let channel = """
            python 3.12.4 0
            typing_extensions 4.12 0 (noarch, has typing-extensions 4.12): python
            backports.functools_lru_cache 2.0 0 (noarch, has backports.functools-lru-cache 2.0): python
            ruamel.yaml 0.18 0 (has ruamel.yaml 0.18): python
            """
        let index = "typing-extensions 4.13\nbackports-functools-lru-cache 2.1\nruamel-yaml 0.19"
        var world = try Self.world(channel, index)
        world.preference = WorldPreference(usual: .conda)
        let found = try await world.solve(["python"], ["typing-extensions", "backports.functools_lru_cache", "Ruamel.YAML"])
        #expect(found.allSatisfy { $0.hasPrefix("conda ") } && found.count == 4, "\(found)")
    }

    @Test("an archive that is no package ends the solve, with its address")
    func noList() async throws {
        let world = try Self.world("python 3.12.4 0\nodd 1.0 0 (no list): python", "a 1")
        #expect(try await world.solve(["odd"], ["a"]) == [
            "broken: https://conda.example/main/linux-64/odd-1.0-0.conda is not a conda package that can be used: it has no list of files"
        ])
    }

    @Test("the lock says which projects a package has")
    func provides() async throws {
        let world = try Self.world(Self.torch, "a 1")
        let answer = try await world.answer(conda: ["pytorch"], pypi: [try RootRequirement(parsing: "a")])
        #expect(answer.conda.first { $0.record.name.description == "pytorch" }?.provides.map { "\($0.name) \($0.version)" } == ["torch 2.5"])
    }

    // MARK: - Extras

    static let extras = """
        python 3.12.4 0
        dask 2024.1 0 (has dask 2024.1, extra dask frame pandas>=2, extra dask frame six, extra dask odd pandas @ https://x.example/p.whl): python
        wild 1.0 0 (has wild 1.0, wild): python
        bad 1.0 0 (has bad 1.0, extra bad x what is this): python
        """

    @Test("an extra of a project in a conda package brings what its metadata says")
    func condaExtras() async throws {
        let world = try Self.world(Self.extras, Self.index + "\ndask 2025.1 (extra frame): six; extra == 'frame'")
        #expect(try await world.solve(["dask"], ["dask[frame]"]) == [
            "conda dask 2024.1 0", "conda python 3.12.4 0", "pypi numpy 2.2", "pypi pandas 2.2", "pypi six 1.17",
        ])
        #expect(world.channel.requests.withLock { $0.filter { $0.hasPrefix("metadata") } } == ["metadata dask"])
    }

    @Test("an extra that does not exist is told of, and brings nothing")
    func unknownExtra() async throws {
        let warnings = Mutex<[String]>([])
        let world = try Self.world(Self.extras, Self.index)
        let answer = try await world.answer(conda: ["dask"], pypi: [try RootRequirement(parsing: "dask[none]")]) { event in
            if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
        }
        #expect(answer.packages.isEmpty)
        #expect(warnings.withLock { $0 } == ["dask 2024.1 of conda has no extra named none"])
    }

    @Test("metadata that cannot be read, or that sends to a URL, rules the package out", arguments: [
        ("wild", "wild[x]"), ("bad", "bad[x]"), ("dask", "dask[odd]"),
    ])
    func hostileMetadata(_ name: String, _ requirement: String) async throws {
        let world = try Self.world(Self.extras, Self.index)
        #expect(try await world.solve([name], [requirement]).first == "refused")
        // Without the extra nobody reads it.
        #expect(try await world.solve([name], [name]).contains("conda \(name) \(name == "dask" ? "2024.1" : "1.0") 0"))
    }

    // MARK: - Everything of a request

    @Test("a direct reference counts beside conda, and excludes the conda package that has the project")
    func directReferences() async throws {
        let world = try Self.world(direct: "/src/six = six 9: numpy\n/src/app = app 1: six>=1")
        func root(_ name: String, _ path: String) throws -> RootRequirement {
            var root = try RootRequirement(parsing: name)
            root.reference = .directory(DirectDirectory(path: path, isEditable: false))
            return root
        }
        #expect(try await world.solve(["numpy"], roots: [try root("six", "/src/six"), try root("app", "/src/app")]) == [
            "conda numpy 2.1 py312", "conda python 3.12.4 1_cpython", "pypi app 1", "pypi six 9",
        ])
        #expect(try await world.solve(["numpy", "six"], roots: [try root("six", "/src/six")]).first == "refused")
        #expect(try await world.solve(["python"], ["six @ file:///src/other"]).first?.hasPrefix("broken") == true)
    }

    @Test("conditions of conda dependencies follow what is chosen")
    func conditions() async throws {
        let channel = """
            python 3.12.4 0
            tool 1.0 0 (has tool 1.0): python | extra[when="numpy >=2"]
            extra 1.0 0
            numpy 2.1 0 (has numpy 2.1): python
            numpy 1.26 0 (has numpy 1.26): python
            """
        let world = try Self.world(channel, "a 1: numpy<2\nb 1: numpy")
        #expect(try await world.solve(["tool", "numpy"], ["a"]) == [
            "conda numpy 1.26 0", "conda python 3.12.4 0", "conda tool 1.0 0", "pypi a 1",
        ])
        #expect(try await world.solve(["tool", "numpy"], ["b"]).contains("conda extra 1.0 0"))
    }

    @Test("constraints hold for stand-ins, and conda's own for conda packages")
    func constraints() async throws {
        var world = try Self.world()
        world.constraints = ["six!=1.17"]
        #expect(try await world.solve(["python"], ["six"]) == ["conda python 3.12.4 1_cpython", "conda six 1.16 py"])
        world.constraints = []
        world.condaConstraints = ["numpy <2"]
        #expect(try await world.solve(["numpy"], ["pandas"]).contains("conda numpy 1.26 py311"))
        #expect(try await world.solve(["scipy"], ["pandas"]).first == "refused")
    }

    @Test("overrides stand in the place of what packages say")
    func overrides() async throws {
        var world = try Self.world()
        world.overrides = ["numpy==2.1"]
        #expect(try await world.solve(["numpy"], ["pandas==1.5"]).contains("conda numpy 2.1 py312"))
    }

    @Test("what an earlier lock has is kept, of both worlds")
    func preferences() async throws {
        var world = try Self.world()
        world.preferences = ["pandas": "1.5"]
        world.conda.preferences = [
            try CondaName(parsing: "numpy"): [.init(version: try CondaVersion(parsing: "1.26"), build: "py311")]
        ]
        #expect(try await world.solve(["numpy"], ["six"]).contains("conda numpy 1.26 py311"))
        #expect(try await world.solve(["python"], ["pandas"]).contains("pypi pandas 1.5"))
    }

    @Test("what is newer than allowed does not count in either world")
    func excludeNewer() async throws {
        let channel = "python 3.12.4 0 (time 1000)\ntool 2.0 0 (time 1700000000000, has tool 2.0): python\ntool 1.0 0 (time 1000, has tool 1.0): python"
        var world = try Self.world(channel, "a 2 (uploaded 2024-05-01)\na 1 (uploaded 1970-01-02)")
        world.options.excludeNewer = UTCTime(parsing: "2000-01-01T00:00:00Z")
        #expect(try await world.solve(["tool"], ["a"]) == ["conda python 3.12.4 0", "conda tool 1.0 0", "pypi a 1"])
    }

    @Test("the lowest versions of both worlds")
    func lowest() async throws {
        var world = try Self.world()
        world.options.strategy = .lowest
        #expect(try await world.solve(["numpy", "python=3.11"], ["pandas>=2"]) == [
            "conda numpy 1.26 py311", "conda python 3.11.9 1_cpython", "pypi pandas 2.2", "pypi six 1.17",
        ])
    }

    @Test("pre-releases of conda are refused where pre-releases are")
    func prereleases() async throws {
        var world = try Self.world("python 3.12.4 0\ntool 2.0rc1 0 (has tool 2.0rc1): python", "a 1: tool\ntool 1.0")
        #expect(try await world.solve(["tool"], ["a"]).contains("conda tool 2.0rc1 0"))
        world.options.prereleases = .never
        #expect(try await world.solve(["tool"], ["a"]).first == "refused")
    }

    @Test("where hashes are named, no conda package will do")
    func hashes() async throws {
        let world = try Self.world()
        var root = try RootRequirement(parsing: "numpy")
        root.hashes = [SHA256Digest(hashing: "other")]
        #expect(try await world.solve(["numpy"], roots: [root]).first == "refused")
    }

    @Test("a project that only conda has, and one that nobody has")
    func missingPages() async throws {
        let world = try Self.world("python 3.12.4 0\nonly 1.0 0 (has only 1.0): python", "a 1: only\nb 1: gone")
        #expect(try await world.solve(["python"], ["a"]) == ["conda only 1.0 0", "conda python 3.12.4 0", "pypi a 1"])
        #expect(try await world.solve(["python"], ["b"]).first == "refused")
    }

    @Test("a page that cannot be had ends the solve where it is needed")
    func unreachable() async throws {
        let world = JointWorld(channel: try TableChannel(Self.channel), index: try TableSource(Self.index, unreachable: ["page six"]))
        #expect(try await world.solve(["numpy"], ["pandas"]).first?.hasPrefix("broken") == true)
        #expect(try await world.solve(["numpy"], ["numpy"]).last == "conda python 3.12.4 1_cpython")
    }

    @Test("pages of projects that nobody asks for are not fetched")
    func fetches() async throws {
        let world = try Self.world()
        _ = try await world.solve(["scipy"], ["six"])
        #expect(world.index.requests.withLock { $0.sorted() } == ["metadata six 1.17", "page six"])
    }

    @Test("packages with thousands of candidates")
    func many() async throws {
        let records = (0..<5000).map { "big 1.\($0) 0 (has big 1.\($0)): python" }.joined(separator: "\n")
        let releases = (0..<5000).map { "big 2.\($0)" }.joined(separator: "\n")
        var world = try Self.world("python 3.12.4 0\n\(records)", "a 1: big<1.20\n\(releases)")
        #expect(try await world.solve(["big"], ["a"]).first == "conda big 1.19 0")
        world.preference = WorldPreference(usual: .conda)
        #expect(try await world.solve(["python"], ["big"]).first == "conda big 1.4999 0")
        #expect(try await world.solve(["python"], ["big>=2"]).last == "pypi big 2.4999")
    }

    // MARK: - Several targets

    @Test("one lock for several Pythons has what each needs of both worlds")
    func severalTargets() async throws {
        let world = try Self.world()
        let targets = try ["3.11", "3.12"].map { python in
            var target = try world.target()
            target.requirements = [CondaRequirement(try MatchSpec(parsing: "python=\(python)"), spelled: python)]
            return target
        }
        let resolver = JointResolver(conda: world.channel, source: world.index)
        let request = try world.request(conda: ["numpy"], pypi: [try RootRequirement(parsing: "pandas")])
        let lock = try await resolver.lock(request, for: targets)
        #expect(lock.packages.map { "\($0.name)" } == ["pandas", "six"])
        #expect(lock.conda?.packages.map { "\($0.record.name) \($0.record.build) \($0.targets.map(\.python))" } == [
            "numpy py311 [\"3.11.9\"]", "numpy py312 [\"3.12.4\"]", "python 1_cpython [\"3.11.9\"]", "python 1_cpython [\"3.12.4\"]",
        ])
        #expect(lock.origin?.targets.map(\.python) == ["3.11.9", "3.12.4"])
        #expect(lock.origin?.conda?.requirements.map(\.text) == ["numpy"])
        let alone = try await resolver.lock(try world.request(conda: ["numpy"], pypi: []), for: [targets[1]])
        #expect(alone.packages.isEmpty && alone.conda?.packages.count == 2)
    }

    @Test("which of several targets has no answer is said")
    func failingTarget() async throws {
        let world = try Self.world()
        var target = try world.target()
        target.requirements = [CondaRequirement(try MatchSpec(parsing: "python=3.11"), spelled: "3.11")]
        let resolver = JointResolver(conda: world.channel, source: world.index)
        let request = try world.request(conda: ["scipy"], pypi: [try RootRequirement(parsing: "pandas")])
        await #expect(throws: ResolutionError.self) {
            _ = try await resolver.answers(request, for: [try world.target(), target])
        }
    }
}
