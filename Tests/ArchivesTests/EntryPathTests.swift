import Archives
import Testing

@Suite struct EntryPathTests {
    @Test(arguments: [
        ("a", "a"), ("a/b.txt", "a/b.txt"), ("a/", "a"), ("./a", "a"), ("a//b/./c", "a/b/c"), ("..a/b..", "..a/b.."),
        ("é/ü", "é/ü"), ("a b", "a b"), ("...", "..."), ("ab:c", "ab:c"),
    ])
    func keepsWhatStaysInside(name: String, path: String) throws {
        let parsed = try EntryPath(parsing: name)
        #expect(parsed.string == path)
        #expect(try EntryPath(parsing: parsed.string) == parsed)
    }

    @Test(arguments: [
        "/", "/etc/passwd", "..", "../a", "a/..", "a/../../b", "a/b/..", ".", "./", "a\\b", "..\\a", "C:/a", "c:a",
        "../\u{301}a", "/\u{301}a",
    ])
    func refusesWhatDoesNot(name: String) {
        #expect(throws: ArchiveFault.unsafePath) { try EntryPath(parsing: name) }
    }

    @Test func refusesNamesThatNoFileSystemTakes() {
        for name in ["", "a\0b", "a\nb", "\u{1B}[0m", "\u{7F}", String(repeating: "x", count: 256), String(repeating: "a/", count: 3000)] {
            let fault = #expect(throws: ArchiveFault.self) { try EntryPath(parsing: name) }
            if case .unsuitableName = fault { continue }
            Issue.record("\(name): \(fault as Any)")
        }
    }

    /// A slash with an accent behind it is one character to Swift, and a slash to the system.
    @Test func normalisesByBytes() throws {
        #expect(try EntryPath(parsing: "a//\u{301}b/.").string.utf8.elementsEqual("a/\u{301}b".utf8))
    }

    /// Linux sees two names where Swift sees one text.
    @Test func isComparedByBytes() throws {
        let one = try EntryPath(parsing: "\u{e9}"), other = try EntryPath(parsing: "e\u{301}")
        #expect(one != other && Set([one, other]).count == 2)
    }

    @Test func parentsEndAtTheTop() throws {
        let path = try EntryPath(parsing: "a/b/c")
        #expect(path.parent?.string == "a/b")
        #expect(path.parent?.parent?.string == "a")
        #expect(path.parent?.parent?.parent == nil)
    }
}
