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
        "", "/", "/etc/passwd", "..", "../a", "a/..", "a/../../b", "a/b/..", ".", "./", "a\\b", "..\\a", "C:/a", "c:a",
        "a\0b",
    ])
    func refusesWhatDoesNot(name: String) {
        #expect(throws: ArchiveFault.unsafePath) { try EntryPath(parsing: name) }
    }

    @Test func refusesNamesThatNoFileSystemTakes() {
        for name in [String(repeating: "x", count: 256), String(repeating: "a/", count: 3000)] {
            #expect(throws: ArchiveFault.unsafePath) { try EntryPath(parsing: name) }
        }
    }

    @Test func parentsEndAtTheTop() throws {
        let path = try EntryPath(parsing: "a/b/c")
        #expect(path.parent?.string == "a/b")
        #expect(path.parent?.parent?.string == "a")
        #expect(path.parent?.parent?.parent == nil)
    }
}
