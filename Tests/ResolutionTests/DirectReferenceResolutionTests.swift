import Diagnostics
import PythonPackaging
import Resolution
import Synchronization
import Testing

/// Packages that come from a URL, a repository or a folder.
@Suite("Direct references in a resolution")
struct DirectReferenceResolutionTests {
    static let references = """
        /src/a = a 1.dev1 (extra x): b @ file:///src/b|c; extra == 'x'
        /src/b = b 2: c<2
        https://files.example/b-3-py3-none-any.whl = b 3
        /src/python = a 1 (python >=3.13)
        """

    private static func asked(_ name: String, _ path: String) throws -> RootRequirement {
        let isArchive = path.hasPrefix("https:")
        var root = try RootRequirement(parsing: name)
        root.reference =
            isArchive ? .archive(DirectArchive(url: path)) : .directory(DirectDirectory(path: path, isEditable: true))
        return root
    }

    private static func outcome(
        _ index: String, _ roots: [RootRequirement], constraints: [RootRequirement] = [],
        overrides: [RootRequirement] = [], unreachable: Set<String> = []
    ) async throws -> Result<[ResolvedPackage], ResolutionError> {
        var results: [Result<[ResolvedPackage], ResolutionError>] = []
        for shuffle in 0...3 {
            let source = try TableSource(index, direct: references, unreachable: unreachable, shuffle: shuffle)
            results.append(
                await Resolver(source: source, target: try .linux())
                    .outcome(for: ResolutionRequest(roots, constraints: constraints, overrides: overrides)))
            // Where there is no answer, what would do is tried, and what was under way then is asked for once more.
            guard case .success? = results.last else { continue }
            #expect(Set(source.requests.withLock { $0 }).count == source.requests.withLock { $0.count })
        }
        let words = Set(results.map { (try? $0.get())?.map(\.words) ?? ["\($0)"] })
        #expect(words.count == 1, "\(words)")
        return results[0]
    }

    @Test("a folder and the folder that it asks for")
    func folders() async throws {
        let found = try await Self.outcome("b 9\nc 2\nc 1", [Self.asked("a[x]", "/src/a")])
        #expect(try found.get().map(\.words) == ["a 1.dev1 (direct)", "b 2 (direct)", "c 1"])
    }

    @Test("requirements from elsewhere count for what the reference leads to")
    func specifiers() async throws {
        let roots = [try Self.asked("b", "/src/b"), try RootRequirement(parsing: "d")]
        #expect(try await Self.outcome("c 1\nd 2: b<2\nd 1: b", roots).get().map(\.words) == ["b 2 (direct)", "c 1", "d 1"])
        let impossible = roots + [try RootRequirement(parsing: "b>2")]
        guard case .failure(.noSolution) = try await Self.outcome("c 1\nd 1", impossible) else {
            Issue.record("b is 2")
            return
        }
    }

    @Test("two references for one package")
    func twoReferences() async throws {
        let roots = [try Self.asked("a", "/src/a"), try Self.asked("b", "https://files.example/b-3-py3-none-any.whl")]
        guard case .failure(.noSolution(let conflict)) = try await Self.outcome("c 1", roots) else {
            Issue.record("b cannot be both")
            return
        }
        let text = conflict.sentences.joined(separator: " ")
        #expect(text.contains("/src/b"))
    }

    @Test("a package of an index may name a URL only if the person does, too")
    func transitive() async throws {
        let url = "https://files.example/b-3-py3-none-any.whl"
        let index = "d 2: b @ \(url)\nd 1\nc 1"
        let without = try await Self.outcome(index, [try RootRequirement(parsing: "d")])
        #expect(try without.get().map(\.words) == ["d 1"])
        let with = try await Self.outcome(index, [try RootRequirement(parsing: "d"), Self.asked("b", url)])
        #expect(try with.get().map(\.words) == ["b 3 (direct)", "d 2"])
        let constrained = try await Self.outcome(
            index, [try RootRequirement(parsing: "d")], constraints: [Self.asked("b", url)])
        #expect(try constrained.get().map(\.words) == ["b 3 (direct)", "d 2"])
    }

    @Test("an override that is a reference")
    func overrides() async throws {
        let found = try await Self.outcome(
            "d 1: b>=7\nc 1\nb 8", [try RootRequirement(parsing: "d")], overrides: [Self.asked("b", "/src/b")])
        #expect(try found.get().map(\.words) == ["b 2 (direct)", "c 1", "d 1"])
    }

    @Test("Requires-Python of a folder")
    func python() async throws {
        guard case .failure(.noSolution(let conflict)) = try await Self.outcome("", [Self.asked("a", "/src/python")]) else {
            Issue.record("this is 3.12")
            return
        }
        #expect(conflict.sentences.joined().contains("3.13"))
    }

    @Test("what cannot be fetched is an error, not a refusal; another name is one of the person")
    func failures() async throws {
        guard case .failure(.source(let error)) = try await Self.outcome(
            "", [Self.asked("b", "/src/b")], unreachable: ["direct /src/b"])
        else {
            Issue.record("not reachable")
            return
        }
        #expect(error is TableSource.Unreachable)
        guard case .failure(let renamed) = try await Self.outcome("", [Self.asked("z", "/src/b")]) else {
            Issue.record("it is b")
            return
        }
        #expect(renamed.diagnostic.failure == .user)
        #expect(renamed.diagnostic.headline == "z from /src/b calls itself b in its metadata")
    }
}
