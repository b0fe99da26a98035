import Diagnostics
import Digests
import Interpreters
import PythonPackaging
import Testing

@Suite("Lists of Pythons that can be fetched")
struct ManifestTests {
    static let digest = SHA256Digest(hashing: "an archive").hex
    private let linux = BuildPlatform(parsing: "linux-x86_64-gnu")

    private func read(
        _ text: String, from url: String = "https://mirror.example/20241016/SHA256SUMS", mirror: String? = nil
    ) throws -> PythonManifest {
        try PythonManifest(parsing: Array(text.utf8), from: url, mirror: mirror)
    }

    private func sums(_ names: String...) -> String { names.map { "\(Self.digest)  \($0)\n" }.joined() }

    private func entry(_ python: String, _ more: String = "") -> String {
        #"{"python": "\#(python)", "platform": "linux-x86_64-gnu", "url": "a.tar.gz", "sha256": "\#(Self.digest)"\#(more)}"#
    }

    private func own(_ entries: String...) -> String {
        #"{"version": 1, "pythons": [\#(entries.joined(separator: ", "))]}"#
    }

    // MARK: What suits

    @Test("Of what suits, the final one, the newest, from the latest release, in the smallest archive", arguments: [
        ("3.12", "3.12.7"), ("3.12.5", "3.12.5"), (">=3.10,<3.12", "3.11.9"), ("3", "3.13.0"), ("3.13t", "3.13.0+freethreaded"),
        ("3.14", "3.14.0rc2"), ("3.14.0rc2", "3.14.0rc2"), (">=3.12.6,!=3.12.7,<3.13", nil), ("3.8", nil), ("pypy3.10", nil),
    ] as [(String, String?)])
    func best(request: String, found: String?) throws {
        let gnu = "x86_64-unknown-linux-gnu"
        let manifest = try read(
            sums(
                "cpython-3.12.7+20241016-\(gnu)-install_only.tar.gz", "cpython-3.12.7+20241016-\(gnu)-install_only_stripped.tar.gz",
                "cpython-3.12.7+20240909-\(gnu)-install_only_stripped.tar.gz",
                "cpython-3.12.7+20241016-x86_64-unknown-linux-musl-install_only_stripped.tar.gz",
                "cpython-3.12.9+20241016-aarch64-unknown-linux-gnu-install_only_stripped.tar.gz",
                "cpython-3.12.5+20240909-\(gnu)-install_only.tar.gz", "cpython-3.11.9+20241016-\(gnu)-install_only.tar.gz",
                "cpython-3.13.0+20241016-\(gnu)-install_only.tar.gz",
                "cpython-3.13.0+20241016-\(gnu)-freethreaded+pgo+lto-full.tar.zst",
                "cpython-3.13.0+20241016-\(gnu)-freethreaded+debug-full.tar.zst",
                "cpython-3.14.0rc2+20241016-\(gnu)-install_only.tar.gz", "notes.txt"))
        let platform = try #require(linux)
        let build = manifest.best(for: try InterpreterRequest(parsing: request), on: platform)
        #expect(build?.name == found.map { "cpython-\($0)-linux-x86_64-gnu" })
        if found == "3.12.7" {
            #expect(build?.url == "https://mirror.example/20241016/cpython-3.12.7%2B20241016-\(gnu)-install_only_stripped.tar.gz")
        }
    }

    @Test("Both forms of sums, and other line ends")
    func sumForms() throws {
        let name = "cpython-3.12.7+20241016-x86_64-unknown-linux-gnu-install_only.tar.gz"
        for text in ["\(Self.digest)  \(name)\n", "\(Self.digest) *\(name)", "\(Self.digest.uppercased())\t\(name)\r\n\r\n"] {
            let builds = try read(text).builds
            #expect(builds.map(\.sha256.hex) == [Self.digest])
            #expect(builds.map(\.version) == [Version(release: [3, 12, 7])])
        }
    }

    @Test("A list of one's own says everything, and may be relative")
    func ownList() throws {
        let more = #", "size": 12, "free_threaded": true, "release": "20250101""#
        let manifest = try read(own(entry("3.13.1", more), entry("3.12.1")), from: "file:///srv/list/pythons.json")
        let first = try #require(manifest.builds.first)
        #expect(first.name == "cpython-3.13.1+freethreaded-linux-x86_64-gnu")
        #expect(first.size == 12)
        #expect(first.release == "20250101")
        #expect(manifest.builds.map(\.url) == ["file:///srv/list/a.tar.gz", "file:///srv/list/a.tar.gz"])
    }

    @Test("What is printed as a list is read as the same list")
    func roundTrip() throws {
        let manifest = try read(
            sums(
                "cpython-3.12.7+20241016-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz",
                "cpython-3.13.0+20241016-aarch64-apple-darwin-freethreaded-install_only_stripped.tar.gz"))
        let text = String(decoding: try JSON.encode(ManifestFile(manifest.builds)), as: UTF8.self)
        #expect(try read(text, from: "https://other.example/pythons.json").builds == manifest.builds)
    }

    @Test("uv's lists, in both of their forms; what has no hash is not taken")
    func uvList() throws {
        func entry(_ key: String, arch: String, variant: String = "null", sha256: String) -> String {
            #"""
            "\#(key)": {"name": "cpython", "arch": \#(arch), "os": "linux", "libc": "gnu", "major": 3, "minor": 13, "patch": 1,
              "prerelease": "", "url": "https://forge.example/x/releases/download/20250115/a%2B1.tar.gz", "sha256": \#(sha256),
              "variant": \#(variant), "build": "20250115"}
            """#
        }
        let text = "{" + [
            entry("a", arch: #""x86_64""#, sha256: #""\#(Self.digest)""#),
            entry("b", arch: #"{"family": "x86_64", "variant": null}"#, variant: #""freethreaded""#, sha256: #""\#(Self.digest)""#),
            entry("c", arch: #"{"family": "x86_64", "variant": "v3"}"#, sha256: #""\#(Self.digest)""#),
            entry("d", arch: #""x86_64""#, variant: #""debug""#, sha256: #""\#(Self.digest)""#),
            entry("e", arch: #""x86_64""#, sha256: "null"),
        ].joined(separator: ",") + "}"
        let plain = try read(text, from: "https://lists.example/downloads.json")
        #expect(plain.builds.map(\.name) == ["cpython-3.13.1-linux-x86_64-gnu", "cpython-3.13.1+freethreaded-linux-x86_64-gnu"])
        #expect(plain.builds.first?.url == "https://forge.example/x/releases/download/20250115/a%2B1.tar.gz")
        let mirrored = try read(text, from: "https://lists.example/downloads.json", mirror: "https://mirror.example/pythons")
        #expect(mirrored.builds.first?.url == "https://mirror.example/pythons/20250115/a%2B1.tar.gz")
    }

    // MARK: What is refused

    struct Bad: CustomStringConvertible, Sendable {
        var text: String
        var from = "https://mirror.example/pythons.json"
        var words: String
        var line: Int?
        var description: String { words }
    }

    private static func one(_ members: String) -> String { #"{"version": 1, "pythons": [{\#(members)}]}"# }
    private static let good = #""python": "3.12.1", "platform": "linux-x86_64-gnu""#

    static let bad: [Bad] = [
        Bad(text: "", words: "names no Python"),
        Bad(text: "\(digest)  notes.txt\n", words: "names no Python"),
        Bad(text: "<html>moved</html>", words: "not a SHA-256 and a file name", line: 1),
        Bad(text: "\(digest)  a\nabc  cpython\n", words: "not a SHA-256 and a file name", line: 2),
        Bad(text: "{", words: "not JSON"),
        Bad(text: "{}}", words: "not JSON"),
        Bad(text: #"{"pythons": []}"#, words: "has no 'version'"),
        Bad(text: #"{"version": 2, "pythons": []}"#, words: "reads version 1"),
        Bad(text: #"{"version": 1, "pythons": {}}"#, words: "pythons is of the wrong kind"),
        Bad(text: one(#""python": "3.12.1""#), words: "pythons[0] has no 'platform'"),
        Bad(text: one(#"\#(good), "url": "a", "sha256": 1"#), words: "pythons[0].sha256 is of the wrong kind"),
        Bad(text: one(#"\#(good), "url": "a", "sha256": "abc""#), words: "64 hexadecimal digits"),
        Bad(text: one(#"\#(good), "url": "a", "sha256": "\#(digest)", "size": -4"#), words: "the size -4"),
        Bad(text: one(#""python": "three", "platform": "linux-x86_64-gnu", "url": "a", "sha256": "\#(digest)""#), words: "no version"),
        Bad(text: one(#"\#(good), "url": "", "sha256": "\#(digest)""#), words: "no https, http or file address"),
        Bad(text: one(#"\#(good), "url": "ftp://host/a", "sha256": "\#(digest)""#), words: "no https, http or file address"),
        Bad(text: one(#"\#(good), "url": "http://host.example/a", "sha256": "\#(digest)""#), words: "not protected"),
        Bad(text: one(#"\#(good), "url": "file:///etc/passwd", "sha256": "\#(digest)""#), words: "file of this machine"),
        Bad(text: #"{"cpython": {"name": "cpython"}}"#, words: "neither of Penstock's form nor of uv's"),
    ]

    @Test("Lists that cannot be used are refused with what is wrong and where", arguments: bad)
    func refused(_ row: Bad) throws {
        let error = #expect(throws: PythonFetchError.self) {
            try PythonManifest(parsing: Array(row.text.utf8), from: row.from, mirror: nil)
        }
        let diagnostic = try #require(error?.diagnostic)
        #expect(diagnostic.headline.contains(row.words), "\(diagnostic.headline)")
        #expect(diagnostic.file == row.from)
        #expect(diagnostic.line == row.line)
    }

    @Test("A list that came over an unprotected connection is known as such", arguments: [
        ("https://mirror.example/pythons.json", false), ("http://mirror.example/pythons.json", true),
        ("http://127.0.0.1:80/pythons.json", false), ("http://localhost/pythons.json", false), ("http://127.example/pythons.json", true),
        ("file:///srv/pythons.json", false),
    ])
    func unprotected(place: String, isUnprotected: Bool) throws {
        #expect(try read(own(), from: place).isUnprotected == isUnprotected)
    }

    @Test("What a mirror of the person's own may do: another host, http from http, files from files")
    func allowedAddresses() throws {
        let text = own(#"{\#(Self.good), "url": "http://other.example/a", "sha256": "\#(Self.digest)"}"#)
        for place in ["http://mirror.example/pythons.json", "file:///srv/pythons.json"] {
            #expect(try read(text, from: place).builds.map(\.url) == ["http://other.example/a"])
        }
    }
}
