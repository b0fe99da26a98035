import Diagnostics
import Digests
import Lockfiles
import PythonPackaging
import Resolution
import Synchronization
import Testing

@Suite("Resolver")
struct ResolverTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let index: String
        let asked: [String]
        /// `name version`, in the order of the names.
        let chosen: [String]
        var python = "3.12.4"
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        .init(
            name: "newest, with what it needs",
            index: "a 2.0: b>=1|c\na 1.0\nb 1.0\nb 1.5\nc 0.1", asked: ["a"],
            chosen: ["a 2.0", "b 1.5", "c 0.1"]),
        .init(
            name: "markers are read for the target",
            index: "a 1: b; sys_platform == 'win32'|c; python_version >= '3.9'\nc 1", asked: ["a"],
            chosen: ["a 1", "c 1"]),
        .init(
            name: "a requirement for another platform does not count",
            index: "a 1", asked: ["a", "b; sys_platform == 'darwin'"], chosen: ["a 1"]),
        .init(
            name: "extras bring their own",
            index: "a 1 (extra x, extra y): b|c; extra == 'x'|d; extra == 'y'\nb 1\nc 1\nd 1", asked: ["a[x]"],
            chosen: ["a 1", "b 1", "c 1"]),
        .init(
            name: "extras of a dependency",
            index: "a 1: b[x]>=2\nb 3 (extra x): c; extra == 'x'\nb 2\nc 1", asked: ["a"],
            chosen: ["a 1", "b 3", "c 1"]),
        .init(
            name: "an extra made of extras of its own project",
            index: "a 1 (extra all, extra x): a[x]; extra == 'all'|b; extra == 'x'\nb 1", asked: ["a[all]"],
            chosen: ["a 1", "b 1"]),
        .init(
            name: "an extra whose newest version contradicts",
            index: "a 2 (extra x): b>=2; extra == 'x'\na 1 (extra x): b; extra == 'x'\nb 2\nb 1",
            asked: ["a[x]", "b<2"], chosen: ["a 1", "b 1"]),
        .init(
            name: "an extra that does not exist is no obstacle", index: "a 1: b\nb 1", asked: ["a[nope]"],
            chosen: ["a 1", "b 1"]),
        .init(
            name: "versions without a fitting wheel are passed over",
            index: "a 4 (sdist only)\na 3 (wheel cp312-cp312-win_amd64)\na 2 (python >=3.13)\na 1", asked: ["a"],
            chosen: ["a 1"]),
        .init(
            name: "an upper bound of Requires-Python is a guess", index: "a 1 (python >=3.8 <3.12)", asked: ["a"],
            chosen: ["a 1"]),
        .init(
            name: "a pre-release of Python counts as that Python", index: "a 1 (python >=3.14)", asked: ["a"],
            chosen: ["a 1"], python: "3.14.0rc1"),
        .init(
            name: "pre-releases only where nothing else will do", index: "a 2.0rc1\na 1.0\nb 1.0b1", asked: ["a", "b"],
            chosen: ["a 1.0", "b 1.0b1"]),
        .init(
            name: "a yanked version where it is pinned", index: "a 2 (yanked)\na 1\nb 1: a>=1", asked: ["a==2", "b"],
            chosen: ["a 2", "b 1"]),
        .init(
            name: "no yanked version where it is not", index: "a 2 (yanked)\na 1", asked: ["a>=1"], chosen: ["a 1"]),
        .init(
            name: "metadata that cannot be read is passed over", index: "a 2: ???\na 1", asked: ["a"], chosen: ["a 1"]),
        .init(
            name: "a URL in metadata is passed over",
            index: "a 2: b @ https://files.example/b.whl\na 1", asked: ["a"], chosen: ["a 1"]),
        .init(
            name: "Requires-Python that only the metadata knows", index: "a 2 (python >=3.13)\na 1", asked: ["a"],
            chosen: ["a 1"]),
        .init(
            name: "names in any spelling", index: "a-b 1: C.D\nc-d 1", asked: ["A_b"], chosen: ["a-b 1", "c-d 1"]),
        .init(name: "nothing asked for", index: "a 1", asked: [], chosen: []),
        .init(
            name: "text equality", index: "a 1.0\na 1.1", asked: ["a===1.0"], chosen: ["a 1.0"]),
        .init(
            name: "a wheel without a hash is not taken", index: "a 2 (undigested)\na 1", asked: ["a"], chosen: ["a 1"]),
    ]

    @Test("choices", arguments: cases)
    func choice(_ row: Case) async throws {
        #expect(try await Self.resolve(row.index, row.asked, python: row.python) == row.chosen)
    }

    @Test("the answer does not depend on the order in which things arrive", arguments: cases)
    func order(_ row: Case) async throws {
        for shuffle in 1...3 {
            let found = try await Self.resolve(row.index, row.asked, python: row.python, shuffle: shuffle)
            #expect(found == row.chosen)
        }
    }

    static func resolve(
        _ index: String, _ asked: [String], python: String, shuffle: Int = 0
    ) async throws -> [String] {
        let resolver = Resolver(source: try TableSource(index, shuffle: shuffle), target: try .linux(python))
        return try await resolver.packages(for: asked.map { try RootRequirement(parsing: $0) })
            .map { "\($0.name) \($0.version)" }
    }

    @Test("preferred versions are kept where they will do")
    func preferences() async throws {
        let source = try TableSource("a 3\na 2: b\na 1\nb 2\nb 1\nc 1 (yanked)\nc 0")
        let resolver = Resolver(source: source, target: try .linux())
        let asked = try ["a>=2", "c"].map { try RootRequirement(parsing: $0) }
        let preferences = try ["a": "2", "b": "1", "c": "1", "d": "7"].map {
            (try PackageName(parsing: $0.key), try Version(parsing: $0.value))
        }
        let packages = try await resolver.packages(for: asked, preferences: Dictionary(uniqueKeysWithValues: preferences))
        #expect(packages.map { "\($0.name) \($0.version)" } == ["a 2", "b 1", "c 1"])
    }

    @Test("a package says what it needs, and where it is from")
    func details() async throws {
        let source = try TableSource("a 1 (extra x, python >=3.8): b|a; extra == 'y'|c; extra == 'x'\nb 1\nc 1")
        let resolver = Resolver(source: source, target: try .linux())
        let packages = try await resolver.packages(for: [try RootRequirement(parsing: "a[x]")])
        let package = try #require(packages.first)
        #expect(package.dependencies.map(\.description) == ["b", "c"])
        #expect(package.extras.map(\.description) == ["x"])
        #expect(package.requiresPython == ">=3.8")
        #expect(package.offered?.file.filename == "a-1-py3-none-any.whl")
        #expect(package.offered?.index == "https://index.example/simple")
    }

    @Test("a lock has everything in it, and is the same text every time")
    func lock() async throws {
        let asked = try ["b[x]>=1", "a", "A"].map { try RootRequirement(parsing: $0) }
        var texts: Set<String> = []
        for shuffle in 0...3 {
            let source = try TableSource("a 1: b\nb 2 (extra x, python >=3.8): c; extra == 'x'\nc 1", shuffle: shuffle)
            let lock = try await Resolver(source: source, target: try .linux()).resolve(asked)
            #expect(try PyLock(parsing: lock.text, file: "pylock.toml") == lock)
            texts.insert(lock.text)
        }
        let digests = ["a-1", "b-2", "c-1"].map { SHA256Digest(hashing: "\($0)-py3-none-any.whl").hex }
        let files = "https://index.example/files"
        #expect(
            texts == [
                """
                lock-version = "1.0"
                environments = ["implementation_name == 'cpython' and platform_machine == 'x86_64' and python_version == '3.12' and sys_platform == 'linux'"]
                requires-python = "==3.12.*"
                created-by = "penstock"

                [[packages]]
                name = "a"
                version = "1"
                dependencies = [
                    { name = "b" },
                ]
                index = "https://index.example/simple"
                wheels = [
                    { name = "a-1-py3-none-any.whl", url = "\(files)/a-1-py3-none-any.whl", size = 1000, hashes = { sha256 = "\(digests[0])" } },
                ]

                [[packages]]
                name = "b"
                version = "2"
                requires-python = ">=3.8"
                dependencies = [
                    { name = "c" },
                ]
                index = "https://index.example/simple"
                wheels = [
                    { name = "b-2-py3-none-any.whl", url = "\(files)/b-2-py3-none-any.whl", size = 1000, hashes = { sha256 = "\(digests[1])" } },
                ]

                [[packages]]
                name = "c"
                version = "1"
                index = "https://index.example/simple"
                wheels = [
                    { name = "c-1-py3-none-any.whl", url = "\(files)/c-1-py3-none-any.whl", size = 1000, hashes = { sha256 = "\(digests[2])" } },
                ]

                [tool.penstock]
                requirements = ["A", "a", "b[x]>=1"]
                targets = [
                    { platform = "linux-x86_64-glibc-2.36", python = "3.12.4" },
                ]

                """
            ])
    }

    @Test("platforms have names")
    func platformNames() throws {
        let linux = try PythonTarget.linux()
        #expect(linux.platformName == "linux-x86_64-glibc-2.36")
        let others: [(PythonPlatform, String)] = [
            (.linux(arch: "x86_64", libc: .musl(1, 2)), "linux-x86_64-musl-1.2"),
            (.linux(arch: "x86_64", libc: .unknown), "linux-x86_64-other"),
        ]
        for (platform, name) in others {
            var target = linux
            target.tags = .compatible(implementation: .cPython, version: (3, 12), platform: platform)
            #expect(target.platformName == name)
        }
    }

    @Test("of several wheels the best fitting one")
    func bestWheel() async throws {
        let source = try TableSource(
            "a 1 (wheel py3-none-any cp312-abi3-manylinux_2_17_x86_64 cp312-cp312-manylinux_2_28_x86_64 cp312-cp312-win32)")
        let packages = try await Resolver(source: source, target: try .linux())
            .packages(for: [try RootRequirement(parsing: "a")])
        #expect(packages.first?.offered?.file.filename == "a-1-cp312-cp312-manylinux_2_28_x86_64.whl")
    }

    @Test("warnings tell of extras that do not exist and of yanked versions")
    func warnings() async throws {
        let warnings = Mutex<[String]>([])
        let source = try TableSource("a 1 (yanked because broken on Mondays): b[y]\nb 1")
        let resolver = Resolver(source: source, target: try .linux()) { event in
            if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
        }
        _ = try await resolver.packages(for: [try RootRequirement(parsing: "a==1")])
        #expect(warnings.withLock { $0 } == ["a 1 was yanked (\"broken on Mondays\")", "b 1 has no extra named y"])
    }

    @Test("only what is needed is fetched, and nothing twice")
    func requests() async throws {
        let source = try TableSource("a 2: b|c>=1\na 1: z\nb 1: c\nc 2: d; sys_platform == 'win32'\nc 1\nd 1\nz 1")
        _ = try await Resolver(source: source, target: try .linux())
            .packages(for: [try RootRequirement(parsing: "a")])
        let requests = source.requests.withLock { $0.sorted() }
        #expect(requests == ["metadata a 2", "metadata b 1", "metadata c 2", "page a", "page b", "page c"])
    }

    @Test("a project far down is asked for before those above it are decided")
    func lookahead() async throws {
        // With one request at a time the order of requests shows what is wanted first.
        var options = ResolutionOptions()
        options.concurrency = 1
        let source = try TableSource("a 1: b\nb 1: c\nc 1\nslow 1")
        _ = try await Resolver(source: source, target: try .linux(), options: options)
            .packages(for: try ["a", "slow"].map { try RootRequirement(parsing: $0) })
        #expect(source.requests.withLock { $0.count } == 8)
    }

    @Test("a page that cannot be fetched ends the resolution with its own error, if it matters")
    func sourceFailure() async throws {
        let asked = [try RootRequirement(parsing: "a")]
        let needed = try TableSource("a 1: b\nb 1", unreachable: ["page b"])
        let error = await #expect(throws: ResolutionError.self) {
            try await Resolver(source: needed, target: try .linux()).packages(for: asked)
        }
        guard case .source(let cause)? = error else {
            Issue.record("not passed through: \(String(describing: error))")
            return
        }
        #expect(cause is TableSource.Unreachable)
        #expect(error?.diagnostic.failure == .infrastructure)
        // The likely version needs `b` as well, but the solver never gets there.
        let speculative = try TableSource("a 1\nc 2: a<1|b\nc 1\nb 1", unreachable: ["page b"])
        let found = try await Resolver(source: speculative, target: try .linux())
            .packages(for: try ["a", "c<2"].map { try RootRequirement(parsing: $0) })
        #expect(found.map { "\($0.name) \($0.version)" } == ["a 1", "c 1"])
    }

    @Test("cancelling ends a resolution")
    func cancelling() async throws {
        struct Endless: PackageMetadataSource {
            var indexDescriptions: [String] { [] }
            func listing(of project: PackageName) async throws -> (any VersionListing)? {
                try await Task.sleep(for: .seconds(3600))
                return nil
            }
            func coreMetadata(of wheel: IndexFile) async throws -> CoreMetadata { throw CancellationError() }
        }
        let resolver = Resolver(source: Endless(), target: try .linux())
        let asked = [try RootRequirement(parsing: "a")]
        let task = Task { await resolver.outcome(for: asked) }
        task.cancel()
        guard case .failure(.cancelled) = await task.value else {
            Issue.record("still running")
            return
        }
    }
}
