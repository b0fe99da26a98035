import Environments
import SystemPackage
import Testing

@Suite("Packages that have the same file")
struct CollisionTests {
    private let module = "lib/python3.11/site-packages/shared/file.py"

    @Test("The same content is no matter")
    func same() async throws {
        let files = ["shared/file.py": "value = 1\n"]
        let workshop = try Workshop()
        defer { workshop.close() }
        let built = try await workshop.install([TinyWheel("a", "1", files), TinyWheel("b", "1", files)])
        #expect(built.warnings.isEmpty)
        #expect(try Tree.contradictions(in: built.path) == [])
    }

    @Test("With other content the last one's is there, and a warning", arguments: 0..<5)
    func different(round: Int) async throws {
        let wheels = ["c", "a", "b"].map { TinyWheel($0, "1", ["shared/file.py": "value = '\($0)'\n"]) }
        let workshop = try Workshop()
        defer { workshop.close() }
        let built = try await workshop.install(wheels)
        #expect(built.warnings == [.sharedPath(path: module, packages: ["c 1", "a 1", "b 1"])])
        #expect(try Tree.text(built.path.pushing(FilePath(module))) == "value = 'b'\n")
    }

    @Test("Commands too")
    func commands() async throws {
        let wheels = ["a", "b"].map { name in
            var wheel = TinyWheel(name, "1", ["\(name).py": ""])
            wheel.entryPoints = "[console_scripts]\nrun = \(name):main\n"
            return wheel
        }
        let workshop = try Workshop()
        defer { workshop.close() }
        let built = try await workshop.install(wheels)
        #expect(built.warnings == [.sharedPath(path: "bin/run", packages: ["a 1", "b 1"])])
        #expect(try Tree.text(built.path.pushing("bin/run")).contains("from b import main"))
    }

    @Test("A file of one and a folder of the other cannot be", arguments: [false, true])
    func fileAndFolder(folderFirst: Bool) async throws {
        let file = TinyWheel("flat", "1", ["thing": "text"])
        let folder = TinyWheel("deep", "1", ["thing/sub/file.py": ""])
        let workshop = try Workshop()
        defer { workshop.close() }
        let error = await #expect(throws: EnvironmentError.self) {
            try await workshop.install(folderFirst ? [folder, file] : [file, folder])
        }
        guard case .collision(let path, let packages) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path.hasPrefix("lib/python3.11/site-packages/thing"))
        #expect(Set(packages) == ["flat 1", "deep 1"])
        #expect(workshop.leftovers.filter { $0.hasPrefix("environments") } == [])
    }
}
