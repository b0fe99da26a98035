import Environments
import Interpreters
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("Installing wheels")
struct InstallTests {
    @Test("Every scheme has its place, and RECORD says so")
    func schemes() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        var wheel = TinyWheel("all_kinds", "2.1")
        wheel.rootIsPure = false
        wheel.entryPoints = "[console_scripts]\nhello = all_kinds.main:run\n[other]\nx = not a script\n"
        wheel.files = [
            .init(path: "all_kinds/__init__.py", content: "value = 1\n"),
            .init(path: "all_kinds/tool", content: "#!/bin/sh\n", isExecutable: true),
            .init(path: "all_kinds-2.1.data/purelib/pure.py", content: "pure = 1\n"),
            .init(path: "all_kinds-2.1.data/platlib/plat.py", content: "plat = 1\n"),
            .init(path: "all_kinds-2.1.data/data/share/doc/notes.txt", content: "notes\n"),
            .init(path: "all_kinds-2.1.data/headers/kinds.h", content: "int kinds;\n"),
            .init(path: "all_kinds-2.1.data/scripts/plain", content: "#!/bin/sh\necho plain\n"),
            .init(path: "all_kinds-2.1.data/scripts/snake", content: "#!python -u\nprint('snake')\n"),
        ]
        let built = try await workshop.install([wheel])
        let packages = "lib/python3.11/site-packages"
        #expect(
            Tree.files(in: built.path).sorted() == [
                "bin/hello", "bin/plain", "bin/python -> /bin/sh", "bin/python3 -> python", "bin/python3.11 -> python",
                "bin/snake", "include/site/python3.11/all_kinds/kinds.h", "\(packages)/all_kinds/__init__.py",
                "\(packages)/all_kinds/tool", "\(packages)/all_kinds-2.1.dist-info/INSTALLER",
                "\(packages)/all_kinds-2.1.dist-info/METADATA", "\(packages)/all_kinds-2.1.dist-info/RECORD",
                "\(packages)/all_kinds-2.1.dist-info/WHEEL", "\(packages)/all_kinds-2.1.dist-info/entry_points.txt",
                "\(packages)/plat.py", "\(packages)/pure.py", "lib64 -> lib", "penstock.json", "penstock.wheels", "pyvenv.cfg",
                "share/doc/notes.txt",
            ].sorted())
        #expect(try Tree.contradictions(in: built.path) == [])
        let record = try Tree.text(built.path.pushing(FilePath("\(packages)/all_kinds-2.1.dist-info/RECORD")))
        for path in ["../../../bin/hello", "../../../bin/snake", "../../../share/doc/notes.txt", "pure.py"] {
            #expect(record.contains("\n\(path),sha256=") || record.hasPrefix("\(path),sha256="))
        }
        #expect(record.contains("all_kinds-2.1.dist-info/RECORD,,\n"))
        for program in ["bin/hello", "bin/plain", "bin/snake", "\(packages)/all_kinds/tool"] {
            #expect(Tree.status(built.path.pushing(FilePath(program)))?.st_mode ?? 0 & 0o111 != 0, "\(program)")
        }
        #expect(try Tree.text(built.path.pushing("bin/snake")) == "#!\(built.python)\nprint('snake')\n")
        #expect(built.wasBuilt && built.warnings.isEmpty)
    }

    @Test("Environments share the files of one unpacked wheel")
    func shared() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let wheel = TinyWheel("shared", "1.0", ["shared.py": "value = 1\n"])
        let one = try await workshop.install([wheel], lock: "one")
        let two = try await workshop.install([wheel, TinyWheel("other")], lock: "two")
        #expect(workshop.fetched == ["shared 1.0", "other 1.0"])
        let module: FilePath = "lib/python3.11/site-packages/shared.py"
        let status = Tree.status(one.path.pushing(module))
        // On a file system that clones, they are files of their own.
        if let status, status.st_nlink > 1 { #expect(status.st_ino == Tree.status(two.path.pushing(module))?.st_ino) }
        #expect(try Tree.text(two.path.pushing(module)) == "value = 1\n")
    }

    @Test("The environment is one that Python recognises, without the system's packages")
    func configuration() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let built = try await workshop.install([])
        let lines = try Tree.text(built.path.appending("pyvenv.cfg")).split(separator: "\n")
        #expect(lines.contains("home = /bin"))
        #expect(lines.contains("version = 3.11.4"))
        #expect(lines.contains("include-system-site-packages = false"))
    }

    @Test("Other layouts: free-threaded, a separate platform library, no second library name")
    func layouts() async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        let threads = try await workshop.install(
            [TinyWheel("a", "1", ["a.py": ""])],
            on: Workshop.interpreter([
                "version": "3.13.1", "free-threaded": "1", "layout.purelib": "lib/python3.13t/site-packages",
                "layout.platlib": "lib64/python3.13t/site-packages",
            ]))
        #expect(Tree.files(in: threads.path).contains("lib/python3.13t/site-packages/a.py"))
        #expect(Tree.files(in: threads.path).contains("bin/python3.13t -> python"))
        var wheel = TinyWheel("b", "1", ["b.so": ""])
        wheel.rootIsPure = false
        let narrow = try await workshop.install(
            [wheel],
            on: Workshop.interpreter(["pointer-bits": "32", "layout.platlib": "lib/plat/site-packages"]))
        #expect(Tree.files(in: narrow.path).contains("lib/plat/site-packages/b.so"))
        #expect(!Tree.names(in: narrow.path).contains("lib64"))
    }

    @Test("Names with commas, quotes and other scripts survive RECORD")
    func oddNames() async throws {
        let names = ["odd/a,b.txt", "odd/quo\"te.txt", "odd/ünï ✓.txt"]
        var wheel = TinyWheel("odd", "1", Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
        wheel.record = { rows in
            rows = rows.map { row in
                guard let name = names.first(where: row.hasPrefix), name.contains(",") || name.contains("\"") else { return row }
                return "\"\(name.replacing("\"", with: "\"\""))\"" + row.dropFirst(name.count)
            }
        }
        let workshop = try Workshop()
        defer { workshop.close() }
        let built = try await workshop.install([wheel])
        let files = Tree.files(in: built.path.pushing("lib/python3.11/site-packages"))
        for name in names { #expect(files.contains(name)) }
        let record = try Tree.text(built.path.pushing("lib/python3.11/site-packages/odd-1.dist-info/RECORD"))
        #expect(record.contains("\"odd/a,b.txt\",sha256="))
        #expect(record.contains("\"odd/quo\"\"te.txt\",sha256="))
    }
}
