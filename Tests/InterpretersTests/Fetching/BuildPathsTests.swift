import Interpreters
import SystemPackage
import Testing
import TestSupport

@Suite("Paths of the machine that built a Python")
struct BuildPathsTests {
    private func corrected(_ files: [String: String], path: String = "/nowhere", place: FilePath = "/opt/py") throws -> [String: String] {
        let folder = try TemporaryFolder()
        for (name, text) in files { _ = try folder.write(folders: name, Array(text.utf8)) }
        BuildPaths(root: folder.path, place: place, environment: ["PATH": path]).correct()
        return Dictionary(
            uniqueKeysWithValues: try folder.everything().map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) })
    }

    private let facts = "lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py"

    @Test("Where the path stands as such it is replaced, elsewhere not", arguments: [
        ("'LIBDIR': '/install/lib'", "'LIBDIR': '/opt/py/lib'"),
        ("'X': '-I/install/include -L/install/lib -Wl,-rpath=/install/lib'", "'X': '-I/opt/py/include -L/opt/py/lib -Wl,-rpath=/opt/py/lib'"),
        ("'X': '/install'", "'X': '/opt/py'"),
        ("'X': '/install:/install/bin'", "'X': '/opt/py:/opt/py/bin'"),
        ("'X': '/build/install/lib'", "'X': '/build/install/lib'"),
        ("'X': '/install2 /install-x /install.d'", "'X': '/install2 /install-x /install.d'"),
        ("'X': 'reinstall'", "'X': 'reinstall'"),
    ])
    func replaces(before: String, after: String) throws {
        let head = "build_time_vars = {'prefix': '/install',\n "
        #expect(try corrected([facts: head + before + "}\n"])[facts] == "build_time_vars = {'prefix': '/opt/py',\n " + after + "}\n")
    }

    @Test("Makefiles, files for pkg-config, and first lines of scripts are corrected with it")
    func otherFiles() throws {
        let files = try corrected([
            facts: "{'prefix': '/install'}", "lib/python3.12/config-3.12-x86_64-linux-gnu/Makefile": "prefix=\t/install\n",
            "lib/pkgconfig/python3.pc": "prefix=/install\n", "bin/pip": "#!/install/bin/python3.12\n# /install\n",
            "bin/2to3": "#!/bin/sh\n/install\n", "lib/python3.12/other.py": "'/install'",
            "lib/python3.12/build-details.json": #"{"base_prefix": "/install"}"#,
        ])
        #expect(files["lib/python3.12/config-3.12-x86_64-linux-gnu/Makefile"] == "prefix=\t/opt/py\n")
        #expect(files["lib/pkgconfig/python3.pc"] == "prefix=/opt/py\n")
        #expect(files["bin/pip"] == "#!/opt/py/bin/python3.12\n# /install\n")
        #expect(files["bin/2to3"] == "#!/bin/sh\n/install\n")
        #expect(files["lib/python3.12/other.py"] == "'/install'")
        #expect(files["lib/python3.12/build-details.json"] == #"{"base_prefix": "/opt/py"}"#)
    }

    @Test("A compiler that this machine does not have gives way to the usual one")
    func compilers() throws {
        let text = """
            {'AR': '/tools/llvm/bin/llvm-ar',
             'CC': 'clang -pthread',
             'CXX': 'clang++ -pthread',
             'LDSHARED': 'clang -pthread -shared',
             'PY_CC': 'clang',
             'prefix': '/install'}
            """
        let corrected = try corrected([facts: text])[facts]
        #expect(corrected == """
            {'AR': 'ar',
             'CC': 'cc -pthread',
             'CXX': 'c++ -pthread',
             'LDSHARED': 'cc -pthread -shared',
             'PY_CC': 'clang',
             'prefix': '/opt/py'}
            """)
        // One that is there stays.
        let shell = text.replacing("clang -pthread", with: "sh -pthread")
        #expect(try self.corrected([facts: shell], path: "/bin")[facts]?.contains("'CC': 'sh -pthread'") == true)
    }

    @Test("What does not say where it was made stays as it is")
    func unknown() throws {
        for text in ["{}", "{'prefix': ''}", "{'prefix': '/'}", "{'prefix': '/opt/py', 'CC': 'clang'}"] {
            #expect(try corrected([facts: text, "lib/pkgconfig/a.pc": "/install"]) == [facts: text, "lib/pkgconfig/a.pc": "/install"])
        }
    }
}
