@testable import Archives
import SystemPackage
import TestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension FuzzTarget {
    static let archives: [FuzzTarget] = [
        FuzzTarget(name: "zip", seeds: { zipSeeds }, words: ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}"], run: readZip),
        FuzzTarget(name: "zip-fields", seeds: { [Array(0..<200), [2, 1, 0x61, 0, 1, 0x61, 0]] }, run: readZipOfFields),
        FuzzTarget(name: "tar", seeds: { tarSeeds }, words: ["ustar\u{0}00", "path=", "linkpath=", "size=", "../", "GNU.sparse"], run: readTar),
        FuzzTarget(name: "inflate", seeds: { inflateSeeds }, run: inflate),
        FuzzTarget(name: "gzip", seeds: { gzipSeeds }, run: readGzip),
        FuzzTarget(name: "zstd", seeds: { zstdSeeds }, run: readZstd),
        FuzzTarget(name: "entry-path", seeds: { ["a/./b//c".seed, "../x".seed, "C:/x".seed] }, words: ["../", "./", "\\"], run: readPath),
    ]

    /// Small enough that a run is quick, large enough to be passed.
    static let limits: ArchiveLimits = {
        var limits = ArchiveLimits()
        limits.entries = 1000
        limits.entrySize = 1 << 20
        limits.totalSize = 4 << 20
        return limits
    }()

    private static let content = Array("some text, some text, some text".utf8)

    private static var zipSeeds: [[UInt8]] {
        let entries = [
            ZipBuilder.Entry(name: "a/b.py", content: content), ZipBuilder.Entry(name: "c", content: content, isDeflated: false),
            ZipBuilder.Entry(name: "d/", mode: 0o040755), ZipBuilder.Entry(name: "e", content: content, flags: 8),
        ]
        var wide = ZipBuilder([ZipBuilder.Entry(name: "w", content: content, isWide: true)])
        wide.hasWideEnd = true
        wide.comment = "a comment".seed
        return [ZipBuilder(entries).bytes(), ZipBuilder([]).bytes(), wide.bytes()]
            + HostileZip.all.map(\.bytes).filter { $0.count < 2048 }
    }

    private static var tarSeeds: [[UInt8]] {
        var writer = TarWriter()
        let contents: [(String, TarEntry.Content)] = [
            ("a.py", .file(content, isExecutable: true)), ("d", .directory), ("d/link", .symbolicLink(target: "../a.py")),
            (String(repeating: "n/", count: 200) + "grün", .file([1], isExecutable: false)),
        ]
        for (name, content) in contents { if let path = try? EntryPath(parsing: name) { try? writer.add(path, content) } }
        return [Array(writer.finish().prefix(5 * 1024)), [UInt8](repeating: 0, count: 1024)]
    }

    private static var gzipSeeds: [[UInt8]] { [Gzip.compress(content), Gzip.compress([]) + Gzip.compress(content)] }
    private static var zstdSeeds: [[UInt8]] {
        [Zstd.compress(content), Zstd.compress([UInt8](repeating: 7, count: 100_000)) + Zstd.compress([])]
    }

    @Sendable private static func readZip(_ bytes: [UInt8]) {
        guard let archive = try? ZipArchive(bytes: bytes, name: "fuzz.zip", limits: limits) else { return }
        inspect(archive)
    }

    /// What has been let through is what a folder can hold, and says the truth about sizes.
    private static func inspect(_ archive: ZipArchive) {
        var paths: Set<EntryPath> = []
        for entry in archive.entries {
            holds(entry.kind == .directory || paths.insert(entry.path).inserted, "'\(entry.path)' is there twice")
            holds((try? EntryPath(parsing: entry.path.string)) == entry.path, "'\(entry.path)' is no path")
            if let content = try? archive.contents(of: entry) { holds(content.count == entry.size, "a size is a lie") }
        }
    }

    /// An archive whose parts hang together better than chance would have it; it is unpacked too.
    @Sendable private static func readZipOfFields(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        var entries: [ZipBuilder.Entry] = []
        for _ in 0..<reader.byte() % 6 { entries.append(entry(&reader)) }
        var builder = ZipBuilder(entries)
        builder.comment = reader.bytes()
        builder.hasWideEnd = reader.bit()
        if reader.bit() { builder.suffix = reader.bytes() }
        if reader.bit() { builder.shift = Int(reader.byte()) }
        if reader.bit() { builder.statedCount = UInt16(reader.byte()) }
        guard let archive = try? ZipArchive(bytes: builder.bytes(), name: "fuzz.zip", limits: limits) else { return }
        inspect(archive)
        inFolder { folder in
            _ = waiting { try await archive.extractAll(into: folder.path.appending("out"), width: 1) }
        }
    }

    private static func entry(_ reader: inout ByteReader) -> ZipBuilder.Entry {
        var entry = ZipBuilder.Entry(name: reader.text(), content: reader.bytes())
        let lies = reader.byte()
        if lies & 1 != 0 { entry.isDeflated = false }
        if lies & 2 != 0 { entry.mode = reader.number() & 0xffff }
        if lies & 4 != 0 { entry.size = reader.number() }
        if lies & 8 != 0 { entry.packedSize = reader.number() }
        if lies & 16 != 0 { entry.flags = UInt16(truncatingIfNeeded: reader.number()) }
        if lies & 32 != 0 { entry.gap = Int(reader.byte()) }
        if lies & 64 != 0 { entry.isWide = true }
        if lies & 128 != 0 { entry.method = UInt16(reader.byte()) }
        return entry
    }

    /// Runs `body` with a folder, and looks whether something was left outside of `out`.
    static func inFolder(_ body: (TemporaryFolder) -> Void) {
        guard let folder = try? TemporaryFolder() else { return }
        body(folder)
        holds(folder.names().allSatisfy { $0 == "out" }, "something was written outside: \(folder.names())")
    }

    @Sendable private static func readTar(_ bytes: [UInt8]) {
        let reader = TarReader(bytes, limits: limits)
        guard let entries = try? reader.entries() else { return }
        inFolder { folder in
            try? reader.extractAll(into: folder.path.appending("out"))
            leadsNowhere(entries, folder)
        }
        guard !entries.contains(where: { if case .hardLink = $0.content { true } else { false } }) else { return }
        var writer = TarWriter()
        var wanted: [EntryPath: TarEntry.Content] = [:]
        for entry in entries where wanted.updateValue(entry.content, forKey: entry.path) == nil {
            try? writer.add(entry.path, entry.content)
        }
        let again = try? TarReader(writer.finish()).entries()
        holds(again != nil, "what was read is written so that it cannot be read")
        for entry in again ?? [] { holds(wanted[entry.path] == entry.content, "'\(entry.path)' is written differently") }
    }

    /// No link leads out of the folder.
    private static func leadsNowhere(_ entries: [TarEntry], _ folder: TemporaryFolder) {
        guard let root = realpath(folder.path.appending("out").string, nil) else { return }
        defer { free(root) }
        let inside = String(cString: root)
        for case let entry in entries {
            guard case .symbolicLink = entry.content,
                let real = realpath(folder.path.appending("out").pushing(FilePath(entry.path.string)).string, nil)
            else { continue }
            let place = String(cString: real)
            free(real)
            holds(place == inside || place.hasPrefix(inside + "/"), "'\(entry.path)' leads to \(place)")
        }
    }

    private static var inflateSeeds: [[UInt8]] {
        [content, [], Array(0...255), [UInt8](repeating: 7, count: 70_000)].flatMap { plain in
            [1, 6, 12].map { level in Array(Gzip.compress(plain, level: level).dropFirst(10).dropLast(8)) }
        } + [[1, 2, 0, 0xfd, 0xff, 9, 9]]
    }

    /// The two decoders agree: about what is DEFLATE data, and about what is in it, whatever the pieces.
    @Sendable private static func inflate(_ bytes: [UInt8]) {
        let most = 1 << 20
        for piece in [1, 7, 4096] {
            var plain: [UInt8]? = []
            var position = 0
            do throws(ArchiveFault) {
                var inflater = StreamInflater()
                try inflater.inflate(
                    from: { (room) throws(ArchiveFault) in
                        let count = min(piece, room.count, bytes.count - position)
                        room.copyBytes(from: bytes[position..<position + count])
                        position += count
                        return count
                    },
                    into: { (content) throws(ArchiveFault) in
                        plain?.append(contentsOf: content)
                        if plain?.count ?? 0 > most { throw .overLimit("more than the target wants") }
                    })
            } catch {
                if case .overLimit = error { return }
                plain = nil
            }
            guard let inflater = try? Inflater() else { return }
            guard let plain else {
                // What one refuses the other must not take for a content of any size it was told.
                continue
            }
            var other = [UInt8](repeating: 0, count: max(1, plain.count))
            let isSame = bytes.lendingBytes { packed in
                other.withUnsafeMutableBytes { room in
                    (try? inflater.inflate(packed, into: UnsafeMutableRawBufferPointer(rebasing: room[..<plain.count]))) != nil
                }
            }
            holds(isSame && other.prefix(plain.count) == plain[...], "libdeflate reads something else")
        }
    }

    @Sendable private static func readGzip(_ bytes: [UInt8]) {
        holds((try? Gzip.decompress(Gzip.compress(bytes, level: 1))) == bytes || bytes.isEmpty, "gzip does not come back")
        guard let plain = try? Gzip.decompress(bytes, limit: 1 << 20) else { return }
        holds(plain.count <= 1 << 20, "more than the limit")
    }

    @Sendable private static func readZstd(_ bytes: [UInt8]) {
        let whole = try? Zstd.decompress(bytes, limit: 1 << 20)
        guard var decoder = try? ZstdDecoder(limit: 1 << 20) else { return }
        var pieces: [UInt8]? = []
        do throws(ArchiveFault) {
            for start in stride(from: 0, to: bytes.count, by: 13) {
                try Array(bytes[start..<min(start + 13, bytes.count)]).lendingBytes { part throws(ArchiveFault) in
                    try decoder.decode(part) { pieces?.append(contentsOf: $0) }
                }
            }
            try decoder.finish()
        } catch {
            pieces = nil
        }
        // zstd itself compares the content with the size that a frame states only if it gets the frame as a whole or its
        // last block has something in it.
        holds(whole == nil || pieces == nil || whole == pieces, "in pieces it is read differently")
    }

    @Sendable private static func readPath(_ bytes: [UInt8]) {
        guard let path = try? EntryPath(parsing: bytes.text) else { return }
        let parts = path.string.utf8.split(separator: 0x2f, omittingEmptySubsequences: false).map { String($0) ?? "" }
        holds(!parts.contains("..") && !parts.contains(".") && !parts.contains(""), "'\(path)' is not normal")
        holds((try? EntryPath(parsing: path.string)) == path, "'\(path)' changes when it is read again")
    }
}
