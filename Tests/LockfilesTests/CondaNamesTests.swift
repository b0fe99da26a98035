import CondaPackaging
import Digests
import Lockfiles
import PythonPackaging
import Testing

@Suite("Conda packages by name and target")
struct CondaNamesTests {
    private static func package(_ name: String, _ version: String = "1", needs: [String] = [], targets: [LockTarget] = []) throws -> LockedCondaPackage {
        try LockedCondaTests.package("\(name)-\(version)-0.conda", depends: needs, targets: targets)
    }

    @Test("names that no Python project has are found", arguments: ["_libgcc_mutex", "_LIBGCC_MUTEX", "ruamel.yaml", "ruamel_yaml"])
    func names(_ name: String) throws {
        let lock = PyLock(
            packages: [],
            conda: LockedConda(
                channels: [], packages: [try Self.package("_libgcc_mutex"), try Self.package("ruamel.yaml"), try Self.package("a", needs: ["_libgcc_mutex", "ruamel.yaml"])]))
        let graph = LockGraph(lock)
        #expect(graph.positions(named: name).count == 1)
        let chain = try #require(graph.shortestChains(toNamed: name, limit: 9).first)
        #expect(chain.links.count == 1 && graph.package(at: chain.root.package).name == "a")
        #expect(DependencyTree(graph, invertedNamed: name).roots.first?.children.count == 1)
    }

    @Test("a name that nothing has")
    func none() throws {
        let graph = LockGraph(PyLock(packages: [], conda: LockedConda(channels: [], packages: [try Self.package("_a")])))
        for name in ["a", "_b", "", "a b"] { #expect(graph.positions(named: name).isEmpty) }
    }

    @Test("the digest of Python packages does not know conda's, the whole one does")
    func digests() throws {
        let target = LockTarget(platform: "linux-x86_64-glibc-2.28", python: "3.12.1")
        var lock = try SampleLocks.plain()
        let alone = lock.digest
        lock.conda = LockedConda(channels: [], packages: [try Self.package("a", targets: [target])])
        #expect(lock.pythonDigest == alone && lock.digest != alone)
        lock.packages.removeLast()
        #expect(lock.pythonDigest != alone)
    }

    @Test("what is asked for on some platforms only comes back from the text")
    func platforms() throws {
        var lock = PyLock(packages: [], conda: LockedConda(channels: ["https://host/c"], packages: [try Self.package("a")]))
        let target = LockTarget(platform: "linux-x86_64-glibc-2.28", python: "3.12.1")
        let asked = [AnsweredRequirement("a", askers: ["environment.yml"], platforms: ["osx-64", "linux-64"]), AnsweredRequirement("b")]
        lock.origin = LockOrigin(requirements: [], targets: [target], conda: CondaOrigin(requirements: asked))
        let again = try PyLock(parsing: lock.text, file: "pylock.toml")
        #expect(again.origin?.conda?.requirements.first?.platforms == ["linux-64", "osx-64"])
        #expect(again.text == lock.text)
        var other = lock
        other.origin?.conda = CondaOrigin(requirements: [AnsweredRequirement("a", askers: ["you"]), AnsweredRequirement("b")])
        let differences = try lock.differences(from: #require(other.origin)).map(\.words)
        #expect(differences == ["you asks for a; the lock answers a on linux-64, osx-64"])
    }
}
