import Interpreters
import PythonPackaging
import Testing

@Suite("Names of archives of standalone builds")
struct ArchiveNameTests {
    struct Name: CustomStringConvertible, Sendable {
        var text: String
        var version: String
        var platform: String
        var release = "20241016"
        var isFreeThreaded = false
        var ballast = 0
        var description: String { text }
    }

    static let names: [Name] = [
        Name(
            text: "cpython-3.12.7+20241016-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz", version: "3.12.7",
            platform: "linux-x86_64-gnu"),
        Name(
            text: "cpython-3.12.7+20241016-x86_64-unknown-linux-gnu-install_only.tar.gz", version: "3.12.7",
            platform: "linux-x86_64-gnu", ballast: 1),
        Name(
            text: "cpython-3.9.20+20241016-aarch64-unknown-linux-musl-install_only.tar.gz", version: "3.9.20",
            platform: "linux-aarch64-musl", ballast: 1),
        Name(
            text: "cpython-3.14.0rc2+20241016-aarch64-apple-darwin-install_only_stripped.tar.gz", version: "3.14.0rc2",
            platform: "macos-aarch64-none"),
        Name(
            text: "cpython-3.13.0+20241016-x86_64-apple-darwin-freethreaded+pgo+lto-full.tar.zst", version: "3.13.0",
            platform: "macos-x86_64-none", isFreeThreaded: true, ballast: 2),
        Name(
            text: "cpython-3.13.0+20241016-x86_64-unknown-linux-gnu-freethreaded-install_only_stripped.tar.gz",
            version: "3.13.0", platform: "linux-x86_64-gnu", isFreeThreaded: true),
        Name(
            text: "cpython-3.10.15+20241016-armv7-unknown-linux-gnueabihf-lto-full.tar.zst", version: "3.10.15",
            platform: "linux-armv7-gnueabihf", ballast: 3),
        Name(
            text: "cpython-3.10.15+20241016-x86_64-unknown-linux-gnu-noopt-full.tar.zst", version: "3.10.15",
            platform: "linux-x86_64-gnu", ballast: 4),
    ]

    @Test("Read", arguments: names)
    func reads(_ row: Name) throws {
        let name = try #require(ArchiveName(parsing: row.text))
        #expect(name.version == (try Version(parsing: row.version)))
        #expect("\(name.platform)" == row.platform)
        #expect(name.release == row.release)
        #expect(name.isFreeThreaded == row.isFreeThreaded)
        #expect(name.ballast == row.ballast)
    }

    @Test(
        "Passed over: other files and systems, builds for debugging, without shared libraries, or for newer processors",
        arguments: [
            "SHA256SUMS", "", "cpython-", "cpython-3.12.7-x86_64-unknown-linux-gnu-install_only.tar.gz",
            "cpython-3.12.7+20241016-x86_64-pc-windows-msvc-install_only.tar.gz",
            "cpython-3.12.7+20241016-x86_64_v3-unknown-linux-gnu-install_only.tar.gz",
            "cpython-3.12.7+20241016-x86_64-unknown-linux-gnu-debug-full.tar.zst",
            "cpython-3.13.0+20241016-x86_64-unknown-linux-gnu-freethreaded+debug-full.tar.zst",
            "cpython-3.12.7+20241016-x86_64-unknown-linux-musl-lto+static-full.tar.zst",
            "cpython-3.12.7+20241016-x86_64-unknown-linux-gnu-install_only.tar.gz.sha256",
            "cpython-3.12.7+20241016-x86_64-unknown-linux-gnu.tar.gz", "cpython-x+y-x86_64-unknown-linux-gnu-install_only.tar.gz",
            "pypy-3.10+20241016-x86_64-unknown-linux-gnu-install_only.tar.gz",
        ])
    func passedOver(_ text: String) {
        #expect(ArchiveName(parsing: text) == nil)
    }

    @Test("Platforms", arguments: [
        ("linux-x86_64-gnu", "linux-x86_64-gnu"), ("Linux-AMD64-gnu", "linux-x86_64-gnu"), ("macos-arm64", "macos-aarch64-none"),
        ("darwin-x86_64-none", "macos-x86_64-none"), ("linux-x86_64", nil), ("windows-x86_64-none", nil), ("linux--gnu", nil),
        ("", nil), ("linux-x86_64-gnu-more", nil),
    ] as [(String, String?)])
    func platforms(text: String, canonical: String?) {
        #expect(BuildPlatform(parsing: text).map { "\($0)" } == canonical)
    }
}
