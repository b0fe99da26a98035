import Lockfiles
import PythonPackaging
import Testing

@Suite("What is different between packages")
struct PackageDeltaTests {
    private func package(_ name: String, _ version: String, _ hashes: Set<String> = [], source: String = "index") -> ComparedPackage {
        ComparedPackage(name: name, versions: [version], source: source, hashes: hashes)
    }

    @Test("Added, removed and changed, in the order of names")
    func parts() {
        let delta = PackageDelta(
            from: [package("b", "1"), package("a", "1"), package("d", "1"), package("e", "1")],
            to: [package("e", "1", source: "folder e"), package("c", "1"), package("a", "2"), package("b", "1")])
        #expect(delta.added.map(\.name) == ["c"])
        #expect(delta.removed.map(\.name) == ["d"])
        #expect(delta.changed.map(\.before.name) == ["a", "e"])
        #expect(delta.changed.map(\.parts) == [[.version], [.source]])
    }

    private static let rows: [(Set<String>, Set<String>, Bool)] = [
        (["x"], ["x", "y"], true), (["x"], ["y"], false), ([], ["y"], true), ([], [], true),
    ]

    @Test("Files differ only if none is common", arguments: rows)
    func files(before: Set<String>, after: Set<String>, isSame: Bool) {
        let delta = PackageDelta(from: [package("a", "1", before)], to: [package("a", "1", after)])
        #expect(delta.isEmpty == isSame)
        if !isSame { #expect(delta.changed.first?.parts == [.files]) }
    }

    @Test("A lock for several targets has several versions of a package")
    func several() {
        let both = [package("a", "1"), package("a", "2")]
        #expect(PackageDelta(from: both, to: both.reversed()).isEmpty)
        #expect(PackageDelta(from: both, to: [package("a", "1")]).changed.first?.before.versions == ["1", "2"])
    }
}

@Suite("Locks that move to another folder")
struct LockPathTests {
    @Test("Relative paths become absolute; others stay", arguments: [
        ("../tools", "/srv/tools"), (".", "/srv/app"), ("/opt/x", "/opt/x"), ("a/./b/../c", "/srv/app/a/c"),
    ])
    func paths(before: String, after: String) throws {
        let lock = PyLock(packages: [
            LockedPackage(name: try .init(parsing: "tools"), version: nil, source: .directory(LockedDirectory(path: before)))
        ])
        guard case .directory(let moved) = lock.withAbsolutePaths(below: "/srv/app").packages[0].source else {
            Issue.record("the source has changed")
            return
        }
        #expect(moved.path == after)
    }
}
