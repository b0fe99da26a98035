package import Archives

/// A zip archive that nobody honest makes, and what has to be found in it. The corpus of hostile archives: every reader of
/// zip archives refuses each of them.
package struct HostileZip: Sendable, CustomStringConvertible {
    /// What it tries.
    package var description: String
    package var bytes: [UInt8]
    package var fault: ArchiveFault

    typealias Entry = ZipBuilder.Entry

    private init(
        _ description: String, _ fault: ArchiveFault, _ entries: [Entry], _ change: (inout ZipBuilder) -> Void = { _ in }
    ) {
        self.description = description
        var builder = ZipBuilder(entries)
        change(&builder)
        bytes = builder.bytes()
        self.fault = fault
    }

    /// One entry that is changed.
    private init(_ description: String, _ fault: ArchiveFault, _ change: (inout Entry) -> Void) {
        var entry = Entry(name: "a", content: Self.text)
        change(&entry)
        self.init(description, fault, [entry])
    }

    package static let all: [HostileZip] = [
        climbing, unprintable, names, places, kinds, devices, methods, sizes, spans, ends, lies,
    ].flatMap { $0 }

    package static let text = Array("some text, some text, some text".utf8)

    private static let twoWays = ArchiveFault.malformed("is described in two ways: its header and the directory differ")
    private static let between = ArchiveFault.malformed("has bytes behind it that belong to none of the entries")
    private static let control = ArchiveFault.unsuitableName("a control character in its name")

    // MARK: Names

    private static let climbing: [HostileZip] = [
        ("climbs out", "../evil"), ("climbs out later", "a/../../evil"), ("climbs and comes back", "a/../b"), ("absolute", "/etc/evil"),
        ("two slashes", "//host/evil"), ("backslashes", "..\\evil"), ("backslash inside", "a\\b"), ("drive", "C:evil"),
        ("only dots", ".."), ("an accent behind the slash", "../\u{301}evil"),
    ].map { (row: (String, String)) in HostileZip(row.0, .unsafePath, [Entry(name: row.1, content: text)]) }

    private static let unprintable: [HostileZip] = [
        ("NUL", "a\0.py"), ("line end", "a\nb.py"), ("carriage return", "a\rb"), ("escape", "\u{1B}[2Ja"), ("delete", "a\u{7F}"),
    ].map { (row: (String, String)) in
        HostileZip("\(row.0) in the name", control, [Entry(name: row.1, content: text)])
    }

    private static let names: [HostileZip] = [
        HostileZip("no name", .unsuitableName("no name at all")) { $0.name = "" },
        HostileZip("longer than a name may be", .unsuitableName("a name of 256 bytes, which is too long")) {
            $0.name = String(repeating: "x", count: 256)
        },
        HostileZip("longer than a path may be", .unsuitableName("a path of 6001 bytes, which is too long")) {
            $0.name = String(repeating: "a/", count: 3000) + "b"
        },
        HostileZip("no text", .unsupported("has an entry whose name is not UTF-8")) { $0.nameBytes = [0x61, 0xff, 0xfe] },
        HostileZip("a second name in an extra field", .malformed("has an entry with two names: 'a' and '../evil'")) {
            $0.extra = ZipBuilder.number(0x7075, 2) + ZipBuilder.number(12, 2) + [1, 0, 0, 0, 0] + Array("../evil".utf8)
        },
    ]

    private static let places: [HostileZip] = [
        HostileZip("same name", .duplicatePath, [Entry(name: "a", content: text), Entry(name: "a", content: text)]),
        HostileZip("same place", .duplicatePath, [Entry(name: "a/b", content: text), Entry(name: "a//./b", content: text)]),
        HostileZip("file then folder", .fileIsAlsoDirectory, [Entry(name: "a"), Entry(name: "a/b", content: text)]),
        HostileZip("folder then file", .fileIsAlsoDirectory, [Entry(name: "a/b", content: text), Entry(name: "a")]),
        HostileZip(
            "a link, then a file below it", .unsafeLink,
            [Entry(name: "a", content: Array("..".utf8), mode: 0o120777), Entry(name: "a/evil", content: text)]),
    ]

    // MARK: Kinds

    private static let devices: [HostileZip] = [0o020666, 0o060666, 0o010666, 0o140777].map { (mode: UInt32) in
        HostileZip("device, pipe or socket \(String(mode, radix: 8))", .unsupported("is neither a file nor a directory")) {
            $0.mode = mode
        }
    }

    private static let methods: [HostileZip] = [1, 9, 12, 14, 93, 99].map { (method: UInt16) in
        let words = "is compressed by method \(method); only stored and deflated entries can be read"
        return HostileZip("method \(method)", .unsupported(words)) { $0.method = method }
    }

    private static let kinds: [HostileZip] = [
        HostileZip("link", .unsafeLink) { $0.mode = 0o120777 },
        HostileZip("folder with content", .malformed("is a directory with content")) {
            $0.name = "a/"
            $0.mode = 0o040755
        },
        HostileZip("folder called a file", .malformed("is called a directory in one place and a file in another")) {
            $0.mode = 0o040755
        },
        HostileZip("encrypted", .unsupported("is encrypted")) { $0.flags = 1 },
        HostileZip("strongly encrypted", .unsupported("is encrypted")) { $0.flags = 0x41 },
        HostileZip("encrypted in the header only", twoWays) { $0.localFlags = 1 },
    ]

    // MARK: Sizes

    private static let sizes: [HostileZip] = [
        HostileZip("states less", .wrongSize) { $0.size = 5 },
        HostileZip("states more", .wrongSize) { $0.size = 50 },
        HostileZip("stored states more", .wrongSize) {
            $0.isDeflated = false
            $0.size = 90
        },
        HostileZip("impossible ratio", .wrongSize) { $0.size = 4_000_000_000 },
        HostileZip("packed states less", between) { $0.packedSize = 10 },
        HostileZip("packed takes the gap", .wrongSize) {
            $0.packedSize = UInt32(Entry.packedCount(text)) + 16
            $0.gap = 16
        },
        HostileZip("packed is endless", .overlappingEntries) { $0.packedSize = 1 << 30 },
        HostileZip("wrong checksum", .wrongChecksum) { $0.checksum = 1 },
        HostileZip("no DEFLATE", .corruptData) {
            $0.isDeflated = false
            $0.method = 8
            $0.content = [UInt8](repeating: 0xff, count: 31)
        },
        HostileZip("four gigabytes in a wide field", .wrongSize) {
            $0.isWide = true
            $0.size = .max
        },
    ]

    // MARK: Spans

    private static let spans: [HostileZip] = [
        HostileZip(
            "two share bytes", .overlappingEntries,
            [Entry(name: "a", content: text), Entry(name: "a2", content: text, headerOffset: 0)]),
        HostileZip(
            "one inside the other", .overlappingEntries,
            [Entry(name: "a", content: text, isDeflated: false), Entry(name: "b", content: text, headerOffset: 31)]),
        HostileZip(
            "a hundred names for one piece of data", .overlappingEntries,
            (0..<100).map { Entry(name: "a\($0)", content: text, headerOffset: 0) }),
        HostileZip(
            "quoted headers, as the best bombs have them", .overlappingEntries,
            [
                Entry(name: "a", content: text, packedSize: UInt32(Entry.packedCount(text) * 2 + 31)),
                Entry(name: "b", content: text),
            ]),
        HostileZip(
            "header behind the end", .overlappingEntries,
            [Entry(name: "a", content: text), Entry(name: "b", content: text, headerOffset: 1 << 31)]),
        HostileZip("no header there", .malformed("has no header where the directory says")) { $0.localSignature = 0x0102_0304 },
        HostileZip(
            "bytes behind a folder", between,
            [Entry(name: "d/", isDeflated: false, mode: 0o040755, gap: 50), Entry(name: "b", content: text)]),
        HostileZip("bytes between two", between, [Entry(name: "a", content: text, gap: 7), Entry(name: "b", content: text)]),
        HostileZip("bytes behind the last", between) { $0.gap = 100 },
        HostileZip(
            "a program in front", .malformed("begins with bytes that belong to none of its entries"),
            [Entry(name: "a", content: text)]) { $0.prefix = Array("#!/bin/sh\n".utf8) },
        HostileZip(
            "an entry that only a reader from the front sees",
            .malformed("begins with bytes that belong to none of its entries"), [Entry(name: "a", content: text)]
        ) { $0.prefix = Array(ZipBuilder([Entry(name: "hidden", content: text)]).bytes().prefix(40)) },
    ]

    // MARK: Ends

    private static let ends: [HostileZip] = [
        HostileZip(
            "directory moved", .malformed("has a central directory that is not where its end record says"),
            [Entry(name: "a", content: text)]) { $0.shift = 10 },
        HostileZip(
            "fewer than stated", .malformed("states more entries than it has room for"),
            [Entry(name: "a", content: text)]) { $0.statedCount = 2 },
        HostileZip(
            "more than stated", .malformed("has a central directory of another size than it states"),
            [Entry(name: "a", content: text), Entry(name: "b")]) { $0.statedCount = 1 },
        HostileZip(
            "a second end in the comment", .malformed("can be read in two ways: it has two end records"),
            [Entry(name: "a", content: text)]) { $0.comment = ZipBuilder([]).bytes() },
        HostileZip("something behind", .truncated, [Entry(name: "a", content: text)]) { $0.suffix = [0] },
        HostileZip("on the second disk", .unsupported("is split over several files"), [Entry(name: "a", content: text)]) {
            $0.disk = 1
        },
        HostileZip(
            "endless number of entries", .malformed("states more entries than it has room for"),
            [Entry(name: "a", content: text)]
        ) {
            $0.hasWideEnd = true
            $0.statedCount = 0xffff
            $0.wideCount = .max
        },
        HostileZip(
            "directory behind all memory", .malformed("has a central directory that is not where its end record says"),
            [Entry(name: "a", content: text)]
        ) {
            $0.hasWideEnd = true
            $0.wideStart = .max - 10
        },
    ]

    // MARK: Header and directory

    private static let lies: [HostileZip] = [
        HostileZip("other name in the header", twoWays) { $0.localName = "b" },
        HostileZip("other size in the header", twoWays) { $0.localSize = 3 },
        HostileZip("other method in the header", twoWays) { $0.localMethod = 0 },
        HostileZip("other wide sizes in the header", twoWays) { $0.localWideSizes = (1 << 40, 1 << 40) },
        HostileZip("other size in the descriptor", twoWays) {
            $0.flags = 8
            $0.descriptorSize = 1
        },
        HostileZip("a descriptor in the header only", twoWays) { $0.localFlags = 8 },
    ]
}

extension ZipBuilder.Entry {
    /// Bytes that a content takes in an archive.
    package static func packedCount(_ content: [UInt8]) -> Int { Gzip.compress(content).count - 18 }
}
