import Archives
import Diagnostics
import SystemPackage
import TestSupport
import Testing

/// Archives of conda packages, `.conda`: a zip with two tar archives in it.
@Suite struct CondaArchiveTests {
    /// A package, honest as long as nobody changes it.
    private struct Package {
        var info: [UInt8]
        var files: [UInt8]
        var zip = ZipBuilder([])

        init(info: [UInt8]? = nil, files: [UInt8]? = nil) throws {
            self.info = try info ?? Self.tar([("info/index.json", "{}"), ("info/paths.json", "{}")])
            self.files = try files ?? Self.tar([("bin/a", "#!/bin/sh"), ("lib/b", String(repeating: "text, ", count: 4000))])
            zip.entries = [
                .init(name: "metadata.json", content: Array("{\"conda_pkg_format_version\": 2}".utf8), isDeflated: false),
                .init(name: "pkg-a-1-0.tar.zst", content: CondaArchiveTests.packed(self.files), isDeflated: false),
                .init(name: "info-a-1-0.tar.zst", content: CondaArchiveTests.packed(self.info), isDeflated: false),
            ]
        }

        static func tar(_ files: [(path: String, text: String)]) throws -> [UInt8] {
            var writer = TarWriter()
            for file in files { try writer.addFile(EntryPath(parsing: file.path), Array(file.text.utf8)) }
            return writer.finish()
        }
    }

    private static func packed(_ bytes: [UInt8]) -> [UInt8] { Zstd.compress(bytes) }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func unpack(_ bytes: [UInt8], into name: String = "out", limits: ArchiveLimits = .init()) throws {
        let file = try folder.write("a.conda", bytes)
        try CondaArchive.unpack(file, into: folder.path.appending(name), name: "a-1-0.conda", limits: limits)
    }

    private func fault(_ bytes: [UInt8], into name: String = "out", limits: ArchiveLimits = .init()) -> ArchiveFault? {
        #expect(throws: ArchiveError.self) { try unpack(bytes, into: name, limits: limits) }?.fault
    }

    @Test func bothPartsAreUnpacked() throws {
        try unpack(try Package().zip.bytes())
        #expect(folder.names("out") == ["bin", "info", "lib"])
        #expect(folder.names("out/info") == ["index.json", "paths.json"])
        #expect(try folder.read("out/lib/b").count == 24_000)
    }

    /// As zips of more than four gigabytes are written, whatever their size.
    @Test func wideFieldsAreRead() throws {
        var package = try Package()
        for place in package.zip.entries.indices { package.zip.entries[place].isWide = true }
        package.zip.hasWideEnd = true
        try unpack(package.zip.bytes())
        #expect(folder.names("out") == ["bin", "info", "lib"])
    }

    @Test func partsThatAreMissingOrThereTwice() throws {
        let package = try Package()
        let (metadata, files, info) = (package.zip.entries[0], package.zip.entries[1], package.zip.entries[2])
        var second = files
        second.name = "pkg-b-1-0.tar.zst"
        var secondInfo = info
        secondInfo.name = "info-b-1-0.tar.zst"
        let rows: [([ZipBuilder.Entry], String)] = [
            ([metadata, files], "two parts"), ([metadata, info], "two parts"), ([metadata], "two parts"), ([], "two parts"),
            ([files, second], "two parts"), ([info, files, second], "twice"), ([info, secondInfo, files], "twice"),
        ]
        for (number, row) in rows.enumerated() {
            let fault = fault(ZipBuilder(row.0).bytes(), into: "out\(number)")
            guard case .malformed(let words) = fault else {
                Issue.record("row \(number): \(fault as Any)")
                continue
            }
            #expect(words.contains(row.1))
            #expect(folder.names("out\(number)").isEmpty, "nothing is written")
        }
        #expect(fault(ZipBuilder([info, files, files]).bytes(), into: "same") == .duplicatePath)
    }

    @Test func partsThatAreCompressedTwice() throws {
        var package = try Package()
        package.zip.entries[1].isDeflated = true
        #expect(fault(package.zip.bytes()) == .unsupported("has a part that is compressed twice"))
    }

    @Test func sizesAndChecksumsThatLie() throws {
        let changes: [(String, ArchiveFault, (inout ZipBuilder.Entry) -> Void)] = [
            ("size", .wrongSize, { $0.size = 7 }), ("checksum", .wrongChecksum, { $0.checksum = 7 }),
            ("local size", .describedTwice, { $0.localSize = 7 }), ("size packed", .wrongSize, { $0.packedSize = 1 << 30 }),
        ]
        for (name, expected, change) in changes {
            var package = try Package()
            change(&package.zip.entries[2])
            #expect(fault(package.zip.bytes(), into: name) == expected, "\(name)")
        }
    }

    /// The corpus of hostile zips: none is a package.
    @Test(arguments: HostileZip.all) func hostileZips(_ attack: HostileZip) throws {
        _ = try #require(fault(attack.bytes))
        #expect(folder.names().allSatisfy { ["a.conda", "out"].contains($0) })
    }

    @Test(arguments: [
        ("../evil", "0", "", ArchiveFault.unsafePath), ("/evil", "0", "", .unsafePath), ("a/../../evil", "0", "", .unsafePath),
        ("link", "2", "/etc", .unsafeLink), ("link", "2", "../x", .unsafeLink), ("a/link", "2", "../../x", .unsafeLink),
        ("a/link", "2", "b/../../x", .unsafeLink), ("link", "2", "", .unsafeLink), ("hard", "1", "../outside", .unsafeLink),
        ("hard", "1", "/etc/passwd", .unsafeLink), ("hard", "1", "nowhere", .unsafeLink),
        ("fifo", "6", "", .unsupported("has an entry that is neither file, directory nor link (type 54)")),
        ("device", "3", "", .unsupported("has an entry that is neither file, directory nor link (type 51)")),
        ("a\nb", "0", "", .unsuitableName("a control character in its name")),
    ])
    func entriesThatAreRefused(name: String, type: String, link: String, expected: ArchiveFault) throws {
        let tar = hostileTar([(name, type, link, [])])
        #expect(fault(try Package(files: tar).zip.bytes()) == expected)
        #expect(fault(try Package(info: tar).zip.bytes(), into: "other") == expected)
        #expect(folder.names() == ["a.conda", "other", "out"])
    }

    /// Across the two parts as within one.
    @Test func pathsThatGetInEachOthersWay() throws {
        let link = hostileTar([("info", "2", "bin", [])])
        #expect(fault(try Package(files: link).zip.bytes(), into: "1") == .fileIsAlsoDirectory)
        #expect(fault(try Package(files: hostileTar([("info/index.json", "0", "", [1])])).zip.bytes(), into: "2") == .duplicatePath)
        let through = try Package(info: link, files: hostileTar([("info/x", "0", "", [1])]))
        #expect(fault(through.zip.bytes(), into: "3") == .fileIsAlsoDirectory)
        #expect(fault(try Package(files: hostileTar([("a", "1", "link", []), ("link", "2", "info", [])])).zip.bytes(), into: "4") == .unsafeLink)
        #expect(fault(try Package(files: hostileTar([("link", "2", "info", []), ("a", "1", "link", [])])).zip.bytes(), into: "5") == .unsafeLink)
    }

    /// They are links to nowhere, and lead nowhere.
    @Test func linksInACircle() throws {
        try unpack(try Package(files: hostileTar([("a", "2", "b", []), ("b", "2", "a", []), ("c", "2", "c", [])])).zip.bytes())
        #expect(folder.names("out") == ["a", "b", "c", "info"])
    }

    @Test func bombs() throws {
        var limits = ArchiveLimits()
        limits.expansionFloor = 1 << 20
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        let large = hostileTar([("zeros", "0", "", zeros)])
        let behind = hostileTar([("a", "0", "", [1])]) + zeros
        for (number, tar) in [large, behind].enumerated() {
            guard case .overLimit = fault(try Package(files: tar).zip.bytes(), into: "pkg\(number)", limits: limits) else {
                Issue.record("another fault")
                return
            }
            guard case .overLimit = fault(try Package(info: tar).zip.bytes(), into: "info\(number)", limits: limits) else {
                Issue.record("another fault")
                return
            }
        }
        // A name that is a bomb.
        let name = hostileTar([("././@LongLink", "L", "", zeros), ("a", "0", "", [])])
        #expect(fault(try Package(files: name).zip.bytes(), into: "name") == .overLimit("a name of more than a megabyte"))
    }

    @Test func tooManyEntries() throws {
        var limits = ArchiveLimits()
        limits.entries = 20
        let many = hostileTar((0..<30).map { ("\($0)", "0", "", []) })
        #expect(fault(try Package(files: many).zip.bytes(), limits: limits) == .overLimit("more than 20 entries"))
        // And in the zip itself: stated without room for them, and really there.
        var package = try Package()
        package.zip.hasWideEnd = true
        package.zip.wideCount = 1_000_000
        package.zip.statedCount = 0xFFFF
        #expect(fault(package.zip.bytes(), into: "stated") == .malformed("states more entries than it has room for"))
        package = try Package()
        package.zip.entries += (0..<20).map { .init(name: "\($0)", isDeflated: false) }
        #expect(fault(package.zip.bytes(), into: "there", limits: limits) == .overLimit("more than 20 entries"))
    }

    @Test func cutAnywhere() throws {
        let whole = try Package().zip.bytes()
        for part in 0..<16 {
            #expect(fault(Array(whole.prefix(whole.count * part / 16)), into: "out\(part)") != nil)
        }
        // Parts that end early, in a zip that is whole.
        let package = try Package()
        for part in 0..<16 {
            var cut = package.zip
            cut.entries[1].content = Array(cut.entries[1].content.prefix(cut.entries[1].content.count * part / 16))
            #expect(fault(cut.bytes(), into: "cut\(part)") == .truncated, "\(part)")
            cut = try Package(files: Array(package.files.prefix(24_000 * part / 16))).zip
            #expect(fault(cut.bytes(), into: "tar\(part)") == .truncated, "\(part)")
        }
    }

    /// Whatever byte is another one: refused, or the same files.
    @Test func changedAnywhere() throws {
        let whole = try Package().zip.bytes()
        for place in stride(from: 0, to: whole.count, by: 3) {
            var bytes = whole
            bytes[place] ^= 0x55
            do {
                try unpack(bytes, into: "out\(place)")
            } catch {
                #expect(error is ArchiveError)
                continue
            }
            #expect(try folder.read("out\(place)/lib/b").count == 24_000, "\(place)")
            #expect(try folder.read("out\(place)/bin/a") == Array("#!/bin/sh".utf8), "\(place)")
        }
    }
}
