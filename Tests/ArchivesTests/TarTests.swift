import Archives
import SystemPackage
import TestSupport
import Testing

@Suite struct TarTests {
    private let long = String(repeating: "folder/", count: 20) + "name.py"
    private let veryLong = String(repeating: "n", count: 200) + "/" + String(repeating: "m", count: 200)

    private func sample(_ order: [Int]) throws -> TarWriter {
        let add: [(inout TarWriter) throws -> Void] = [
            { try $0.addFile(EntryPath(parsing: "b/run.sh"), Array("#!".utf8), isExecutable: true) },
            { try $0.addFile(EntryPath(parsing: "a.py"), Array("print()".utf8)) },
            { try $0.addFile(EntryPath(parsing: long), [1]) },
            { try $0.addFile(EntryPath(parsing: veryLong), [2]) },
            { try $0.addFile(EntryPath(parsing: "grün/世界.txt"), [3]) },
            { try $0.addFile(EntryPath(parsing: "empty"), []) },
            { try $0.addFile(EntryPath(parsing: "block"), [UInt8](repeating: 9, count: 512)) },
            { try $0.add(EntryPath(parsing: "dir"), .directory) },
            { try $0.add(EntryPath(parsing: "dir/link"), .symbolicLink(target: "../a.py")) },
            { try $0.add(EntryPath(parsing: "hard"), .hardLink(to: EntryPath(parsing: "a.py"))) },
        ]
        var writer = TarWriter()
        for index in order { try add[index](&writer) }
        return writer
    }

    @Test func sameEntriesGiveSameBytes() throws {
        let once = try sample(Array(0..<10)).finish()
        #expect(try sample((0..<10).reversed()).finish() == once)
        #expect(once.count % 10240 == 0)
    }

    @Test func whatIsWrittenIsRead() throws {
        let entries = try TarReader(sample(Array(0..<10)).finish()).entries()
        #expect(entries.map(\.path) == entries.map(\.path).sorted())
        #expect(Set(entries.map(\.path.string)) == [
            "b/run.sh", "a.py", long, veryLong, "grün/世界.txt", "empty", "block", "dir", "dir/link", "hard",
        ])
        #expect(entries.first { $0.path.string == "b/run.sh" }?.content == .file(Array("#!".utf8), isExecutable: true))
        #expect(entries.first { $0.path.string == veryLong }?.content == .file([2], isExecutable: false))
    }

    @Test func unpacksToAFolder() throws {
        let folder = try TemporaryFolder()
        try TarReader(sample(Array(0..<10)).finish()).extractAll(into: folder.path.appending("out"))
        #expect(try folder.read("out/a.py") == Array("print()".utf8))
        #expect(try folder.read("out/dir/link") == Array("print()".utf8))
        #expect(try folder.read("out/hard") == Array("print()".utf8))
        #expect(try folder.read("out/" + long) == [1])
        #expect(folder.mode("out/b/run.sh").map { $0 & 0o111 != 0 } == true)
        #expect(folder.mode("out/a.py").map { $0 & 0o111 == 0 } == true)
        #expect(throws: ArchiveError.self) {
            try TarReader(sample([1]).finish()).extractAll(into: folder.path.appending("out"))
        }
    }

    @Test(arguments: [
        ("../evil", "0", "", ArchiveFault.unsafePath),
        ("/evil", "0", "", .unsafePath),
        ("link", "2", "/etc", .unsafeLink),
        ("link", "2", "../x", .unsafeLink),
        ("a/link", "2", "../../x", .unsafeLink),
        ("a/link", "2", "b/../../x", .unsafeLink),
        ("hard", "1", "../outside", .unsafeLink),
        ("hard", "1", "nowhere", .unsafeLink),
        ("fifo", "6", "", .unsupported("has an entry that is neither file, directory nor link (type 54)")),
        ("device", "3", "", .unsupported("has an entry that is neither file, directory nor link (type 51)")),
    ])
    func refusesHostileEntries(name: String, type: String, link: String, fault: ArchiveFault) {
        #expect(throws: ArchiveError(archive: "t.tar", entry: fault.hidesName ? nil : name, fault)) {
            try TarReader(hostileTar([(name, type, link, [])]), name: "t.tar").entries()
        }
    }

    @Test func refusesConflictingEntries() {
        let twice = hostileTar([("a", "0", "", [1]), ("a", "0", "", [2])])
        #expect(throws: ArchiveError(archive: "t", entry: "a", .duplicatePath)) {
            try TarReader(twice, name: "t").entries()
        }
        let throughLink = hostileTar([("a", "2", "b", []), ("a/x", "0", "", [2])])
        #expect(throws: ArchiveError(archive: "t", entry: "a/x", .fileIsAlsoDirectory)) {
            try TarReader(throughLink, name: "t").entries()
        }
    }

    @Test func refusesDamage() throws {
        let good = hostileTar([("a", "0", "", [UInt8](repeating: 1, count: 600))])
        for length in stride(from: 0, to: 512 + 600, by: 100) {
            #expect(throws: ArchiveError.self, "cut to \(length)") { try TarReader(Array(good[..<length])).entries() }
        }
        for position in stride(from: 0, to: 512, by: 7) {
            var bad = good
            bad[position] ^= 0x55
            #expect(throws: ArchiveError.self, "byte \(position)") { try TarReader(bad).entries() }
        }
    }
}

extension ArchiveFault {
    fileprivate var hidesName: Bool {
        if case .unsupported = self { return true }
        return false
    }
}

/// A tar archive as nobody honest writes it; checksums are right.
func hostileTar(_ entries: [(name: String, type: String, link: String, body: [UInt8])]) -> [UInt8] {
    var output: [UInt8] = []
    for entry in entries {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) { for (i, byte) in text.utf8.enumerated() { block[offset + i] = byte } }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: digits - text.utf8.count) + text
        }
        put(entry.name, 0)
        put("0000644", 100)
        put(octal(entry.body.count, 11), 124)
        put("        ", 148)
        put(entry.type, 156)
        put(entry.link, 157)
        put("ustar\u{0}00", 257)
        put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", 148)
        output += block + entry.body + [UInt8](repeating: 0, count: -entry.body.count & 511)
    }
    return output + [UInt8](repeating: 0, count: 1024)
}
