import Digests
import Environments
import Interpreters
import PackageSources
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Verification of environments")
struct VerificationTests {
    private static let library = "lib/python3.11/site-packages"
    private let wheels = (0..<3).map { number in
        TinyWheel("p\(number)", "1", ["p\(number)/__init__.py": "value = \(number)\n", "p\(number)/data.txt": "some text\n"])
    }

    /// What is done to a file, and what is then found wrong with it.
    enum Harm: String, CaseIterable, Sendable {
        case flip, cut, remove, folder

        func apply(to path: FilePath) throws {
            switch self {
            case .flip:
                let file = try FileDescriptor.open(path, .readWrite)
                try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: 3, "#".utf8) }
            case .cut: #expect(truncate(path.string, 2) == 0)
            case .remove: #expect(unlink(path.string) == 0)
            case .folder:
                #expect(unlink(path.string) == 0)
                #expect(mkdir(path.string, 0o755) == 0)
            }
        }

        func isTold(by problem: FileProblem) -> Bool {
            switch (self, problem) {
            case (.flip, .content), (.cut, .size(_, 2)), (.remove, .missing), (.folder, .kind): true
            default: false
            }
        }
    }

    private func verify(
        _ workshop: Workshop, _ request: EnvironmentRequest, mends: Bool = true
    ) async throws -> VerificationReport {
        let finder = InterpreterFinder(environment: [:], cache: workshop.cache)
        return try await EnvironmentStore(cache: workshop.cache)
            .verify(request, mends: mends, finder: finder) { _ in throw Errno.noSuchAddressOrDevice }
    }

    private func cached(_ workshop: Workshop, _ wheel: TinyWheel, _ path: String) -> FilePath {
        workshop.cache.path(.wheels, SHA256Digest(hashing: wheel.bytes).hex, "files").pushing(FilePath(path))
    }

    @Test("An environment that is whole")
    func whole() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        var scripted = TinyWheel("s", "1", ["s.py": "", "s-1.data/scripts/run": "#!python\n", "s-1.data/data/etc/s": "x"])
        scripted.entryPoints = "[console_scripts]\nsay = s:main\n"
        let all = wheels + [scripted]
        let built = try await workshop.install(all)
        let report = try await verify(workshop, workshop.request(all))
        #expect(report.isRight && report.damages == [] && report.extras == [])
        #expect(report.environments == 1 && report.wheels == 4 && report.files > 30)
        #expect(try Tree.contradictions(in: built.path) == [])
    }

    @Test("Damage in the cache is found, told, and mended in all environments", arguments: Harm.allCases)
    func cacheDamage(harm: Harm) async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let one = try await workshop.install(wheels, lock: "one")
        let before = Tree.files(in: one.path)
        let path = cached(workshop, wheels[1], "p1/data.txt")
        try harm.apply(to: path)
        let request = try workshop.request(wheels, lock: "one")

        let seen = try await verify(workshop, request, mends: false)
        let inCache = seen.damages.filter { $0.path == path }
        #expect(inCache.count == 1 && !seen.isRight)
        #expect(inCache.allSatisfy { harm.isTold(by: $0.problem) && $0.package == "p1 1" && !$0.isMended })

        let mended = try await verify(workshop, request)
        #expect(mended.isRight && mended.damages.contains { $0.path == path && $0.isMended })
        #expect(try Tree.text(path) == "some text\n")
        #expect(Tree.files(in: one.path) == before)
        #expect(try Tree.contradictions(in: one.path) == [])
        #expect(workshop.fetched.count == 4)
        #expect(workshop.leftovers.filter { $0.contains("/.") } == [])
        #expect(try await verify(workshop, request).damages == [])
    }

    @Test("Damage in an environment alone is mended out of the cache", arguments: Harm.allCases)
    func environmentDamage(harm: Harm) async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let built = try await workshop.install(wheels)
        let path = built.path.pushing(FilePath("\(Self.library)/p1/__init__.py"))
        // A file of its own, so that the cache stays as it is.
        let text = try Tree.text(path)
        #expect(unlink(path.string) == 0)
        let copy = try FileDescriptor.open(path, .writeOnly, options: .create, permissions: .ownerReadWrite)
        try copy.closeAfter { _ = try copy.writeAll(text.utf8) }
        try harm.apply(to: path)
        let report = try await verify(workshop, workshop.request(wheels))
        #expect(report.isRight && report.damages.map(\.path) == [path])
        #expect(report.damages.allSatisfy { harm.isTold(by: $0.problem) })
        #expect(try Tree.text(path) == text)
        #expect(workshop.fetched.count == 3)
    }

    @Test(
        "What makes an environment one is looked at too",
        arguments: ["bin/python", "bin/python3", "pyvenv.cfg", "penstock.wheels", "bin/say", "\(library)/s-1.dist-info/RECORD"])
    func frame(file: String) async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        var wheel = TinyWheel("s", "1", ["s.py": ""])
        wheel.entryPoints = "[console_scripts]\nsay = s:main\n"
        let built = try await workshop.install([wheel])
        let path = built.path.pushing(FilePath(file))
        unlink(path.string)
        #expect(symlink("/nowhere", path.string) == 0)
        let report = try await verify(workshop, workshop.request([wheel]))
        #expect(report.isRight && report.damages.map(\.path) == [path])
        #expect(try await verify(workshop, workshop.request([wheel])).damages == [])
    }

    @Test("Files that no package has are told and left alone; what Python compiled is not")
    func extras() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let built = try await workshop.install(wheels)
        let packages = built.path.pushing(FilePath(Self.library))
        #expect(mkdir(packages.pushing("p0/__pycache__").string, 0o755) == 0)
        for name in ["p0/more.py", "p0/__pycache__/__init__.cpython-311.pyc"] {
            let path = packages.pushing(FilePath(name))
            try FileDescriptor.open(path, .writeOnly, options: .create, permissions: .ownerReadWrite).close()
        }
        let report = try await verify(workshop, workshop.request(wheels))
        #expect(report.isRight && report.extras == [packages.pushing("p0/more.py")])
        #expect(Tree.status(packages.pushing("p0/more.py")) != nil)
    }

    @Test("A manifest that is damaged")
    func manifest() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        _ = try await workshop.install(wheels)
        let path = workshop.cache.path(.wheels, SHA256Digest(hashing: wheels[0].bytes).hex, "manifest")
        try Harm.flip.apply(to: path)
        let report = try await verify(workshop, workshop.request(wheels))
        #expect(report.isRight && report.damages.map(\.problem) == [.listing])
        #expect(workshop.fetched.count == 4)
    }

    @Test("What cannot be fetched again is not mended, and nobody is given the damaged file any more")
    func offline() async throws {
        struct Offline: Error {}
        let workshop = try Workshop()
        defer { workshop.close() }
        _ = try await workshop.install(wheels)
        try Harm.flip.apply(to: cached(workshop, wheels[1], "p1/__init__.py"))
        var request = try workshop.request(wheels)
        request.openFetching = { throw Offline() }
        let report = try await verify(workshop, request)
        #expect(!report.isRight && report.damages.map(\.isMended) == [false])
        #expect(report.obstacles.count == 1)
        #expect(Tree.status(workshop.cache.path(.wheels, SHA256Digest(hashing: wheels[1].bytes).hex)) == nil)
        // Back online all is well.
        #expect(try await verify(workshop, workshop.request(wheels)).isRight)
    }

    @Test("All of a cache, with wheels that no environment is linked from")
    func everything() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let built = try await workshop.install(wheels)
        try await remove(built.path)
        try Harm.flip.apply(to: cached(workshop, wheels[2], "p2/__init__.py"))
        let finder = InterpreterFinder(environment: [:], cache: workshop.cache)
        let store = EnvironmentStore(cache: workshop.cache)
        let report = try await store.verify(nil, mends: true, finder: finder) { _ in throw Errno.noSuchAddressOrDevice }
        #expect(report.isRight && report.wheels == 3 && report.environments == 0 && report.damages.count == 1)
        #expect(Tree.names(in: workshop.cache.path(.wheels)).count == 2)
    }

    private func remove(_ path: FilePath) async throws {
        #expect(rename(path.string, path.removingLastComponent().appending("away").string) == 0)
    }
}
