import TestSupport

/// Wheels that try what nobody honest does; the archive around them is sound unless the row says otherwise.
enum HostileWheels {
    typealias Case = RefusalTests.Case

    static let cases: [Case] = names + record + data + scripts + metadata + archives

    /// A wheel with one file more.
    private static func file(_ path: String, _ reason: String, _ content: String = "") -> Case {
        Case(testDescription: "with '\(path)'", reason: reason) { $0.files.append(.init(path: path, content: content)) }
    }

    private static let oneName = "have one name where case does not count"

    private static let names: [Case] = [
        file("bad/CODE.py", oneName), file("Bad/code.py", oneName), file("BAD", oneName),
        Case(testDescription: "one text in two encodings", reason: oneName) { wheel in
            wheel.files.append(.init(path: "bad/caf\u{e9}.py", content: ""))
            wheel.files.append(.init(path: "bad/cafe\u{301}.py", content: ""))
        },
        file("Bad-1.0.data/scripts/run", "folder 'Bad-1.0.data' is not called like its .dist-info"),
        file("bad-1.0.0.data/scripts/run", "folder 'bad-1.0.0.data' is not called like its .dist-info"),
        file("Bad-1.0.dist-info/METADATA", "several .dist-info"),
    ]

    private static let record: [Case] = [
        Case(testDescription: "RECORD that names what is not there", reason: "RECORD names 'bad/other.py', which is not there") {
            $0.record = { rows in rows.append("bad/other.py,\(TinyWheel.hash([])),0") }
        },
        Case(testDescription: "RECORD that describes a file twice", reason: "describes 'bad/code.py' twice, and differently") {
            $0.record = { rows in rows.append("bad/code.py,\(TinyWheel.hash([])),0") }
        },
        Case(testDescription: "RECORD that describes one file by two spellings", reason: "describes 'bad/code.py' twice") {
            $0.record = { rows in rows.append("./bad//code.py,\(TinyWheel.hash([])),0") }
        },
        Case(testDescription: "RECORD with SHA-1", reason: "uses the hash 'sha1'") {
            $0.record = { rows in rows[0] = "bad/code.py,sha1=2jmj7l5rSw0yVb_vlWAYkK_YBwk,10" }
        },
        Case(testDescription: "RECORD with a hash of no kind", reason: "uses the hash '47DE'") {
            $0.record = { rows in rows[0] = "bad/code.py,47DE,10" }
        },
        Case(testDescription: "RECORD with an absolute path", reason: "names '/etc/passwd', which is no path") {
            $0.record = { rows in rows.append("/etc/passwd,\(TinyWheel.hash([])),0") }
        },
        Case(testDescription: "RECORD whose quotes never end", reason: "which is no path in the wheel") {
            $0.record = { rows in rows[0] = "\"" + rows[0] }
        },
        Case(testDescription: "RECORD that hides a line in a name", reason: "which is no path in the wheel") {
            $0.record = { rows in rows.append("\"bad/\nevil.py\",,") }
        },
        Case(testDescription: "empty RECORD", reason: "does not mention") { $0.replaced["RECORD"] = "" },
    ]

    private static let data: [Case] = [
        file("bad-1.0.data/purelib/good-1.0.dist-info/METADATA", "would be the metadata of another project"),
        file("bad-1.0.data/platlib/good-1.0.dist-info/RECORD", "would be the metadata of another project"),
        file(
            "bad-1.0.data/data/lib/python3.11/site-packages/good-1.0.dist-info/METADATA",
            "would be the metadata of another project"),
        file("bad-1.0.data/purelib/bad/code.py", "a second file for the place of", "value = 2\n"),
        file("bad-1.0.data/scripts", "files for 'scripts'"),
        file("bad-1.0.data/Scripts/run", "files for 'Scripts'"),
        file("bad-1.0.data/scripts\u{301}/run", "files for 'scripts\u{301}'"),
        Case(testDescription: "two files for one command", reason: "a second file for the place of") { wheel in
            wheel.files.append(.init(path: "bad-1.0.data/scripts/run", content: "1"))
            wheel.files.append(.init(path: "bad-1.0.data/data/bin/run", content: "2"))
        },
        file("bad-1.0.data/data/PyVenv.cfg", "replace 'PyVenv.cfg'"), file("bad-1.0.data/data/pyvenv.cfg/x", "replace 'pyvenv.cfg/x'"),
        file("bad-1.0.data/data/penstock.json", "replace 'penstock.json'"),
        file("bad-1.0.data/data/penstock.anything", "replace 'penstock.anything'"),
        file("bad-1.0.data/data/lib64", "replace 'lib64'"), file("bad-1.0.data/data/bin", "replace 'bin'"),
        file("bad-1.0.data/data/bin/python/x", "replace 'bin/python/x'"),
        file("bad-1.0.data/data/bin/Python3", "replace 'bin/Python3'"),
    ]

    private static let scripts: [Case] = [
        file("bad-1.0.data/scripts/python", "replace 'bin/python'"), file("bad-1.0.data/scripts/python3.13t", "replace"),
        file("bad-1.0.data/scripts/PYTHON", "replace"), file("bad-1.0.data/scripts/pypy3", "replace"),
        file("bad-1.0.data/scripts/python/run", "replace 'bin/python/run'"),
    ] + [
        "pypy = bad:main", "Python3 = bad:main", "python3.12 = bad:main",
    ].map { (line: String) in
        Case(testDescription: "command '\(line)'", reason: "replace 'bin/") { $0.entryPoints = "[console_scripts]\n\(line)\n" }
    } + [
        "x", "x =", "x = bad", "x = bad:", "x = :main", "x = bad:main:go", "x = bad.:main", "x = bad main:go", "x = bad:main()",
        "x = bad:1main", "x = bad;import os:main", "a/b = bad:main", "/etc/x = bad:main", "a\\b = bad:main", ". = bad:main",
        ".. = bad:main", " = bad:main", "a\u{1B}[2J = bad:main", "a\0b = bad:main", "x = bad:a\u{0D4E}(b\u{0D4E})", "x = bad:main\u{0}x",
        "x = b'ad:main", "\(String(repeating: "x", count: 300)) = bad:main",
    ].map { (line: String) in
        Case(testDescription: "entry point '\(line)'", reason: "is no script") { $0.entryPoints = "[console_scripts]\n\(line)\n" }
    }

    private static func metadata(_ what: String, _ file: String, _ content: String, _ reason: String) -> Case {
        Case(testDescription: what, reason: reason) { $0.replaced[file] = content }
    }

    private static let metadata: [Case] = [
        metadata("metadata of another version", "METADATA", "Metadata-Version: 2.1\nName: bad\nVersion: 2.0\n", "it holds bad 2.0"),
        metadata("metadata without a name", "METADATA", "Metadata-Version: 2.1\nVersion: 1.0\n", "no field 'Name'"),
        metadata("metadata without a version", "METADATA", "Metadata-Version: 2.1\nName: bad\n", "no field 'Version'"),
        metadata("metadata with an impossible version", "METADATA", "Name: bad\nVersion: ../1\n", "'Version' is malformed"),
        metadata("metadata with an impossible name", "METADATA", "Name: ../bad\nVersion: 1.0\n", "'Name' is malformed"),
        metadata("metadata behind an empty line", "METADATA", "\nName: bad\nVersion: 1.0\n", "no field 'Name'"),
        metadata("empty metadata", "METADATA", "", "no field 'Name'"),
        metadata("a name that comes first", "METADATA", "Name: good\nName: bad\nVersion: 1.0\n", "it holds good 1.0"),
        metadata("WHEEL of no version", "WHEEL", "Root-Is-Purelib: true\n", "which version of the format"),
        metadata("WHEEL of a version that is none", "WHEEL", "Wheel-Version: x\nRoot-Is-Purelib: true\n", "format x"),
        metadata("WHEEL of a version far ahead", "WHEEL", "Wheel-Version: 11.0\nRoot-Is-Purelib: true\n", "format 11.0"),
        metadata("empty WHEEL", "WHEEL", "", "which version of the format"),
        Case(testDescription: "metadata of thirty-three megabytes", reason: "bytes long, which is more than") {
            $0.replaced["METADATA"] = "Name: bad\nVersion: 1.0\n\n" + String(repeating: "a", count: 33 << 20)
        },
        Case(testDescription: "a folder called METADATA", reason: "its METADATA is missing") { wheel in
            wheel.replaced["METADATA"] = .some(nil)
            wheel.files.append(.init(path: "bad-1.0.dist-info/METADATA/x", content: ""))
        },
        Case(testDescription: "a .dist-info without a dash", reason: "it holds bad") { $0.distInfo = "bad.dist-info" },
        Case(testDescription: "a .dist-info that is nothing else", reason: "it holds ") { $0.distInfo = ".dist-info" },
    ]

    private static let archives: [Case] = [
        Case(testDescription: "cut off", reason: "archive is not sound") { $0.damage = { $0.removeLast(30) } },
        Case(testDescription: "cut to nothing", reason: "archive is not sound") { $0.damage = { $0.removeAll() } },
        Case(testDescription: "a flipped bit in the data", reason: "archive is not sound") { $0.damage = { $0[44] ^= 4 } },
        Case(testDescription: "a flipped bit in the directory", reason: "archive is not sound") { $0.damage = { $0[$0.count - 60] ^= 4 } },
        Case(testDescription: "no archive at all", reason: "archive is not sound") { $0.damage = { $0 = Array("<html>404</html>".utf8) } },
        Case(testDescription: "a bomb", reason: "archive is not sound") { wheel in
            // 300 MB out of 300 KB, or so it says.
            wheel.archive = { zip in
                let noise = (0..<100_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }
                zip.entries += (0..<3).map { .init(name: "bad/part\($0)", content: noise, size: 100 << 20) }
            }
        },
        Case(testDescription: "bytes in front", reason: "archive is not sound") { $0.archive = { $0.prefix = Array("MZ".utf8) } },
    ]
}
