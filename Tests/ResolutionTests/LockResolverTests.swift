import Diagnostics
import PythonPackaging
import Resolution
import Synchronization
import Testing

@Suite("Several targets")
struct LockResolverTests {
    static func targets() throws -> [PythonTarget] { [try .linux("3.12.4"), try .linux("3.9.18"), try .linux("3.13.0")] }

    static func versions(_ answers: [TargetAnswer]) -> [[String]] { answers.map { $0.packages.map(\.words) } }

    @Test("later targets keep the versions of earlier ones where they will do")
    func keeping() async throws {
        // For 3.9 there is only a 1, which needs an older b; 3.13 could have b 3 again.
        let index = """
            a 2 (python >=3.10): b
            a 1: b<3
            b 3
            b 2
            c 2 (python >=3.13)
            c 1
            """
        let source = try TableSource(index)
        let request = ResolutionRequest(try ["a", "b", "c"].map { try RootRequirement(parsing: $0) })
        let answers = try await LockResolver(source: source).answers(request, for: Self.targets())
        #expect(
            Self.versions(answers) == [
                ["a 2", "b 3", "c 1"], ["a 1", "b 2", "c 1"], ["a 2", "b 3", "c 1"],
            ])
    }

    @Test("preferences of an earlier lock go first")
    func preferences() async throws {
        let source = try TableSource("a 3\na 2 (python >=3.10)\na 1")
        let request = ResolutionRequest(
            [try RootRequirement(parsing: "a")],
            preferences: [try PackageName(parsing: "a"): try Version(parsing: "2")])
        let answers = try await LockResolver(source: source).answers(request, for: Self.targets())
        #expect(Self.versions(answers) == [["a 2"], ["a 3"], ["a 2"]])
    }

    @Test("nothing is fetched twice, and a target may need more")
    func requests() async throws {
        let source = try TableSource("a 1: b; python_version < '3.10'|c\nb 1\nc 1")
        let request = ResolutionRequest([try RootRequirement(parsing: "a")])
        let answers = try await LockResolver(source: source).answers(request, for: Self.targets())
        #expect(Self.versions(answers) == [["a 1", "c 1"], ["a 1", "b 1", "c 1"], ["a 1", "c 1"]])
        #expect(
            source.requests.withLock { $0.sorted() } == [
                "metadata a 1", "metadata b 1", "metadata c 1", "page a", "page b", "page c",
            ])
    }

    @Test("platforms of one Python take an older version that will do for all of them")
    func platforms() async throws {
        let targets = try ["linux-x86_64", "macos-arm64"].map { try PythonTarget(platform: $0, python: Version(parsing: "3.12")) }
        let index = "a 2: b>=2\na 1\nb 2\nb 1"
        let asked = ["a", "b>=2; sys_platform == 'linux'", "b<2; sys_platform == 'darwin'"]
        let request = ResolutionRequest(try asked.map { try RootRequirement(parsing: $0) })
        for order in [targets, targets.reversed()] {
            let answers = try await LockResolver(source: TableSource(index)).answers(request, for: order)
            #expect(answers.map(\.target) == order)
            #expect(Set(Self.versions(answers)) == [["a 1", "b 1"], ["a 1", "b 2"]])
        }
    }

    @Test("a platform for which there are no new files holds no other one back")
    func oldPlatform() async throws {
        let targets = try ["linux-x86_64", "macos-x86_64"].map { try PythonTarget(platform: $0, python: Version(parsing: "3.12")) }
        let index = "a 2 (wheel cp312-cp312-manylinux_2_17_x86_64): b>=2\na 1: b<2\nb 2\nb 1"
        let request = ResolutionRequest([try RootRequirement(parsing: "a")])
        let answers = try await LockResolver(source: TableSource(index)).answers(request, for: targets)
        #expect(Self.versions(answers) == [["a 2", "b 2"], ["a 1", "b 1"]])
    }

    @Test("a refusal says which target it is for, a warning is told once")
    func words() async throws {
        let source = try TableSource("a 2 (yanked, python >=3.8)\nb 1 (python >=3.10)")
        let warnings = Mutex<[String]>([])
        let resolver = LockResolver(source: source) { event in
            if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
        }
        let request = ResolutionRequest(try ["a==2"].map { try RootRequirement(parsing: $0) })
        _ = try await resolver.answers(request, for: Self.targets())
        #expect(warnings.withLock { $0 } == ["a 2 was yanked"])
        let impossible = ResolutionRequest([try RootRequirement(parsing: "b")])
        let error = await #expect(throws: ResolutionError.self) {
            try await resolver.answers(impossible, for: Self.targets())
        }
        #expect(error?.diagnostic.headline.hasSuffix("(for Python 3.9.18 on linux-x86_64-glibc-2.36)") == true)
    }

    @Test("the order of arrival changes nothing")
    func order() async throws {
        let index = "a 2: b\na 1\nb 2 (python >=3.10): c[x]\nb 1\nc 2 (extra x): d; extra == 'x'\nc 1 (python >=3.13)\nd 1"
        var answers: Set<[[String]]> = []
        for shuffle in 0...5 {
            let source = try TableSource(index, shuffle: shuffle)
            let request = ResolutionRequest(try ["a", "b"].map { try RootRequirement(parsing: $0) })
            answers.insert(Self.versions(try await LockResolver(source: source).answers(request, for: Self.targets())))
        }
        #expect(answers.count == 1)
    }
}
