import Digests
import Environments
import SystemPackage
import TestSupport
import Testing

@Suite("Wheels that are refused")
struct RefusalTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Part of the reason.
        var reason: String
        var change: @Sendable (inout TinyWheel) -> Void
    }

    static let cases: [Case] = [
        Case(testDescription: "content that RECORD contradicts", reason: "'bad/code.py' is not the file") { wheel in
            wheel.record = { rows in rows[0] = "bad/code.py,\(TinyWheel.hash(Array("other".utf8))),10" }
        },
        Case(testDescription: "size that RECORD contradicts", reason: "'bad/code.py' is not the file") { wheel in
            wheel.record = { rows in rows[0] = rows[0].prefix { $0 != "," } + ",\(TinyWheel.hash(Array("value = 1\n".utf8))),9" }
        },
        Case(testDescription: "file that RECORD does not mention", reason: "does not mention 'bad/code.py'") { wheel in
            wheel.record = { rows in rows.removeFirst() }
        },
        Case(testDescription: "file without a hash", reason: "uses the hash ''") { wheel in
            wheel.record = { rows in rows[0] = "bad/code.py,," }
        },
        Case(testDescription: "weak hash", reason: "uses the hash 'md5'") { wheel in
            wheel.record = { rows in rows[0] = "bad/code.py,md5=1B2M2Y8AsgTpgAmY7PhCfg,10" }
        },
        Case(testDescription: "RECORD that leads out", reason: "is no path in the wheel") { wheel in
            wheel.record = { rows in rows.append("../../outside,sha256=x,1") }
        },
        Case(testDescription: "no RECORD", reason: "its RECORD is missing") { $0.replaced["RECORD"] = .some(nil) },
        Case(testDescription: "no METADATA", reason: "its METADATA is missing") { $0.replaced["METADATA"] = .some(nil) },
        Case(testDescription: "no WHEEL", reason: "its WHEEL is missing") { $0.replaced["WHEEL"] = .some(nil) },
        Case(testDescription: "later format", reason: "format 2.0") {
            $0.replaced["WHEEL"] = "Wheel-Version: 2.0\nRoot-Is-Purelib: true\n"
        },
        Case(testDescription: "WHEEL without a place", reason: "Root-Is-Purelib") { $0.replaced["WHEEL"] = "Wheel-Version: 1.0\n" },
        Case(testDescription: "another project's folder", reason: "it holds good-1.0") { $0.distInfo = "good-1.0.dist-info" },
        Case(testDescription: "another version's folder", reason: "it holds bad-1.1") { $0.distInfo = "bad-1.1.dist-info" },
        Case(testDescription: "another project's metadata", reason: "it holds good 1.0") {
            $0.replaced["METADATA"] = "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n"
        },
        Case(testDescription: "no .dist-info", reason: "no .dist-info") { $0.distInfo = "bad-1.0.egg-info" },
        Case(testDescription: "two .dist-info", reason: "several .dist-info") { wheel in
            wheel.files.append(.init(path: "good-1.0.dist-info/METADATA", content: ""))
        },
        Case(testDescription: "unknown scheme", reason: "files for 'etc'") { wheel in
            wheel.files.append(.init(path: "bad-1.0.data/etc/passwd", content: ""))
        },
        Case(testDescription: "another interpreter", reason: "replace 'bin/python3'") { wheel in
            wheel.files.append(.init(path: "bad-1.0.data/scripts/python3", content: ""))
        },
        Case(testDescription: "another interpreter by way of data", reason: "replace 'bin/python3.11'") { wheel in
            wheel.files.append(.init(path: "bad-1.0.data/data/bin/python3.11", content: ""))
        },
        Case(testDescription: "another pyvenv.cfg", reason: "replace 'pyvenv.cfg'") { wheel in
            wheel.files.append(.init(path: "bad-1.0.data/data/pyvenv.cfg", content: ""))
        },
        Case(testDescription: "command called python", reason: "replace 'bin/python'") {
            $0.entryPoints = "[console_scripts]\npython = bad:main\n"
        },
        Case(testDescription: "command that leads out", reason: "entry point") {
            $0.entryPoints = "[console_scripts]\n../python = bad:main\n"
        },
        Case(testDescription: "command that is a program of its own", reason: "entry point") {
            $0.entryPoints = "[console_scripts]\nx = bad:main();import os\n"
        },
        Case(testDescription: "name that leads out", reason: "archive is not sound") { wheel in
            wheel.archive = { $0.entries[0].name = "../outside.py" }
        },
        Case(testDescription: "name that is there twice", reason: "archive is not sound") { wheel in
            wheel.archive = { $0.entries.append($0.entries[0]) }
        },
        Case(testDescription: "link", reason: "archive is not sound") { wheel in
            wheel.archive = { $0.entries[0].mode = 0o120777 }
        },
    ]

    @Test("Refused with the reason, and nothing is left behind", arguments: cases + HostileWheels.cases)
    func refused(_ row: Case) async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        var wheel = TinyWheel("bad", "1.0", ["bad/code.py": "value = 1\n"])
        row.change(&wheel)
        let good = TinyWheel("good", "1.0", ["good.py": "value = 1\n"])
        let error = await #expect(throws: EnvironmentError.self) { try await workshop.install([good, wheel]) }
        guard case .refused(let name, let fault) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(name == "bad-1.0-py3-none-any.whl")
        #expect(fault.reason.contains(row.reason), "\(fault.reason)")
        let good256 = SHA256Digest(hashing: good.bytes)
        // The sound wheel may have arrived before.
        #expect(workshop.leftovers.filter { $0 != "wheels/\(good256)" } == [])
        #expect(Tree.names(in: workshop.folder) == ["cache"])
    }

    /// What is odd and not refused: it cannot mislead anybody.
    static let odd: [Case] = [
        Case(testDescription: "a signature", reason: "") { wheel in
            wheel.files.append(.init(path: "bad-1.0.dist-info/RECORD.jws", content: "{}"))
            wheel.record = { rows in rows.removeAll { $0.hasPrefix("bad-1.0.dist-info/RECORD.jws") } }
        },
        Case(testDescription: "RECORD with rows of an installed project", reason: "") { wheel in
            wheel.record = { rows in
                rows += ["bad-1.0.dist-info/INSTALLER,,", "bad-1.0.dist-info/RECORD.p7s,,", "bad/__pycache__/code.cpython-311.pyc,,", "bad/,,"]
            }
        },
        Case(testDescription: "RECORD with a row twice", reason: "") { $0.record = { rows in rows.append(rows[0]) } },
        Case(testDescription: "metadata in another spelling", reason: "") { wheel in
            wheel.distInfo = "Bad-1.0.0.dist-info"
            wheel.replaced["METADATA"] = "Metadata-Version: 2.1\r\nName: BAD\r\nVersion: v1.0\r\n"
        },
        Case(testDescription: "a later minor version of the format", reason: "") {
            $0.replaced["WHEEL"] = "wheel-version: 1.9\nRoot-Is-Purelib: true\n"
        },
        Case(testDescription: "names that other systems refuse", reason: "") { wheel in
            for name in ["bad/con", "bad/dots...", "bad/space ", "bad/a:b", "bad/-rf", "bad/*"] {
                wheel.files.append(.init(path: name, content: name))
            }
        },
    ]

    @Test("Installed all the same", arguments: odd)
    func installed(_ row: Case) async throws {
        let workshop = try Workshop()
        defer { workshop.close() }
        var wheel = TinyWheel("bad", "1.0", ["bad/code.py": "value = 1\n"])
        row.change(&wheel)
        let built = try await workshop.install([wheel])
        #expect(try Tree.contradictions(in: built.path) == [])
    }

    @Test("A wheel that does not arrive as it was locked")
    func notFetched() async throws {
        struct WrongHash: Error {}
        let workshop = try Workshop()
        defer { workshop.close() }
        let request = try workshop.request([TinyWheel("bad")]) { _, path in
            // What a download leaves that fails half-way.
            let descriptor = try FileDescriptor.open(
                path, .writeOnly, options: .create, permissions: .ownerReadWrite)
            try descriptor.closeAfter { _ = try descriptor.writeAll([1, 2, 3]) }
            throw WrongHash()
        }
        let error = await #expect(throws: EnvironmentError.self) {
            try await EnvironmentStore(cache: workshop.cache).ensure(request)
        }
        guard case .notFetched(_, let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(cause is WrongHash)
        #expect(workshop.leftovers == [])
    }
}
