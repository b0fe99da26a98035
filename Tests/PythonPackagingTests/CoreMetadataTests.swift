import PythonPackaging
import Testing

@Suite struct CoreMetadataTests {
    private func parse(_ text: String) throws -> CoreMetadata { try CoreMetadata(parsing: Array(text.utf8)) }

    @Test func headers() throws {
        let metadata = try parse(
            """
            Metadata-Version: 2.4
            Name: Foo.Bar
            VERSION:  1.0.0
            Summary: two
              lines: here
            Requires-Dist: a>=1
            Requires-Dist: b[x] ; extra == 'dev'
            requires-python: >=3.8
            Provides-Extra: Dev_Tools
            Provides-Extra: -not a name-
            Dynamic: Requires-Dist
            no header at all
            Author: Zoë

            Requires-Dist: not-me
            """)
        #expect(metadata.metadataVersion == "2.4")
        #expect(metadata.name.description == "foo-bar" && metadata.version.description == "1.0.0")
        #expect(metadata.requiresDist == ["a>=1", "b[x] ; extra == 'dev'"])
        #expect(try metadata.requirements().map(\.name.description) == ["a", "b"])
        #expect(try metadata.pythonSpecifiers().contains(Version(parsing: "3.8")))
        #expect(metadata.providesExtra.map(\.description) == ["dev-tools"])
        #expect(metadata.dynamic == ["requires-dist"])
    }

    @Test func lineEndsAndContinuations() throws {
        let metadata = try parse(
            "\u{FEFF}Name: a\r\nVersion: 1\r\nRequires-Dist: b\r\n  >=1\r\n\t,<2\r\n\r\nRequires-Dist: c\r\n")
        #expect(metadata.requiresDist == ["b >=1 ,<2"])
        #expect(metadata.metadataVersion == "1.0" && metadata.requiresPython == nil)
        #expect(try metadata.pythonSpecifiers() == .any)
    }

    @Test(arguments: [
        ("", CoreMetadataError.missing("Name")), ("Name: a\n\nVersion: 1", .missing("Version")),
        ("Name: a b\nVersion: 1", .malformed("Name", "a b")), ("Name: a\nVersion: one", .malformed("Version", "one")),
        (":\n:\n::::", .missing("Name")), ("\u{0}\u{1}", .missing("Name")), (" Name: a", .missing("Name")),
    ])
    func problems(text: String, expected: CoreMetadataError) {
        #expect(throws: expected) { try parse(text) }
    }

    @Test func brokenRequirementsAreNamed() throws {
        let metadata = try parse("Name: a\nVersion: 1\nRequires-Dist: fine\nRequires-Dist: b>=x")
        let error = #expect(throws: RequirementError.self) { try metadata.requirements() }
        #expect(error?.text == "b>=x")
    }

    @Test func hostileInput() throws {
        let long =
            String(repeating: "X: y\n", count: 100_000) + "Name: a\nVersion: 1\nRequires-Dist: b"
            + String(repeating: "\n more", count: 100_000)
        #expect(try parse(long).requiresDist.first?.utf8.count == 500_001)
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 &+ $0 >> 3) }
        _ = try? CoreMetadata(parsing: bytes)
        _ = try? CoreMetadata(parsing: [0x4E, 0xFF, 0x3A, 0x0A] + bytes)
    }
}
