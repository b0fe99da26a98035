import Digests
@testable import Environments
import PythonPackaging
import SystemPackage
import TestSupport

extension FuzzTarget {
    static let wheels: [FuzzTarget] = [
        FuzzTarget(name: "wheel", seeds: { wheelSeeds }, words: [".dist-info/", ".data/", "scripts/", "purelib/", "data/"], run: unpackWheel),
        FuzzTarget(name: "record", seeds: { recordSeeds }, words: ["sha256=", "\"\"", "../"], run: readRecord),
        FuzzTarget(name: "wheel-info", seeds: { ["Wheel-Version: 1.0\nRoot-Is-Purelib: true\n".seed] }, words: ["Wheel-Version:", "Root-Is-Purelib:"]) {
            _ = try? WheelInfo($0)
        },
        FuzzTarget(name: "entry-points", seeds: { entryPointSeeds }, words: ["[console_scripts]\n", "[gui_scripts]\n", " = ", ":"], run: readEntryPoints),
        FuzzTarget(name: "manifest", seeds: { manifestSeeds }, run: readManifest),
        FuzzTarget(name: "metadata", seeds: { metadataSeeds }, words: ["Requires-Dist: ", "\nName: ", "\nVersion: ", "Provides-Extra: ", "Requires-Python: "], run: readMetadata),
    ]

    private static let recordSeeds = [
        "a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\"a,b\",,\r\nx,md5=1,2\n".seed,
        "\"quo\"\"te\",sha256=x,12\nRECORD,,\n".seed,
    ]
    private static let entryPointSeeds = ["[console_scripts]\nrun = a.b:main.go [x]\n; no\n[gui_scripts]\nw=a:b\n".seed]
    private static let metadataSeeds = [
        "Metadata-Version: 2.1\nName: a\nVersion: 1.0\nRequires-Dist: b>=1; extra == 'x'\nRequires-Python: >=3.8\n x\n\nText\n".seed,
        "\u{FEFF}Name: a\r\nVersion: 1\r\nProvides-Extra: x\r\nDynamic: Version\r\n".seed,
    ]
    private static var manifestSeeds: [[UInt8]] {
        guard case .success(let manifest)? = sample(TinyParts.wheel) else { fatalError("the seed is no wheel") }
        return [Array(manifest.encoded.dropLast(32))]
    }

    private enum TinyParts {
        static let metadata = "Metadata-Version: 2.1\nName: a\nVersion: 1\n"
        static let wheel = [
            "a/b.py", "x = 1\n", "a-1.data/scripts/s", "#!python\n", "a-1.data/data/share/d", "d",
            "a-1.dist-info/METADATA", metadata, "a-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n",
            "a-1.dist-info/entry_points.txt", "[console_scripts]\nc = a:b\n",
        ].joined(separator: "\u{0}").seed
    }

    private static let wheelSeeds = [TinyParts.wheel]

    /// Names and contents, one after the other with NUL between; RECORD is made unless it is given.
    private static func zip(_ bytes: [UInt8]) -> [UInt8] {
        let parts = bytes.parts(by: 0)
        var entries = stride(from: 0, to: parts.count - 1, by: 2).map { position in
            ZipBuilder.Entry(name: parts[position].text, content: parts[position + 1])
        }
        let record = "a-1.dist-info/RECORD"
        if !entries.contains(where: { $0.name == record }) {
            let rows = entries.map { RecordRow(path: $0.name, hash: RecordHash.sha256($0.content), size: UInt64($0.content.count)).line }
            entries.append(.init(name: record, content: rows.joined().seed))
        }
        return ZipBuilder(Array(entries.prefix(32))).bytes()
    }

    private static func sample(_ bytes: [UInt8]) -> Result<WheelManifest, any Error>? {
        guard let folder = try? TemporaryFolder(), let filename = try? WheelFilename(parsing: "a-1-py3-none-any.whl"),
            let file = try? folder.write("wheel", zip(bytes))
        else { return nil }
        let draft = folder.path.appending("out")
        guard (try? FileDescriptor.open(file, .readOnly).close()) != nil else { return nil }
        let result = waiting {
            try makeFolder(draft)
            return try await WheelUnpacker(filename: filename, file: file, draft: draft).unpack()
        }
        holds(folder.names() == ["out", "wheel"], "something was written outside: \(folder.names())")
        return result
    }

    private static func makeFolder(_ path: FilePath) throws {
        try Folder(path.removingLastComponent()).make(path.lastComponent?.string ?? "")
    }

    @Sendable private static func unpackWheel(_ bytes: [UInt8]) {
        guard case .success(let manifest)? = sample(bytes) else { return }
        holds(WheelManifest(encoded: manifest.encoded) == manifest, "the manifest does not come back")
        for group in manifest.groups {
            let parts = group.folder.split(separator: "/", omittingEmptySubsequences: false)
            holds(!parts.contains("..") && !group.folder.hasPrefix("/"), "a folder leads out: '\(group.folder)'")
        }
    }

    @Sendable private static func readRecord(_ bytes: [UInt8]) {
        guard let rows = try? RecordFile.rows(bytes) else { return }
        // A hash comes out as it went in, and is never printed unless it was compared; lines keep what they can hold.
        guard rows.allSatisfy({ !$0.hash.utf8.contains { [0x0a, 0x0d, 0x2c, 0x22].contains($0) } }) else { return }
        let again = try? RecordFile.rows(rows.map(\.line).joined().seed)
        holds(again == rows, "RECORD does not come back")
    }

    @Sendable private static func readEntryPoints(_ bytes: [UInt8]) {
        guard let points = try? EntryPoint.scripts(in: bytes) else { return }
        for point in points {
            let lines = point.program.utf8.count { $0 == 0x0a || $0 == 0x0d }
            holds(lines == 6, "an entry point writes \(lines) lines of a program")
            holds(!point.name.contains("/") && !point.name.utf8.contains(0), "a command is no file name")
            holds(
                (point.module + point.attribute).unicodeScalars.allSatisfy { scalar in
                    scalar.value >= 0x80 ? !scalar.properties.isWhitespace : "._".unicodeScalars.contains(scalar)
                        || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                }, "'\(point.module):\(point.attribute)' is a program")
        }
    }

    /// The digest at the end is made right, or nothing would ever be read.
    @Sendable private static func readManifest(_ bytes: [UInt8]) {
        guard let manifest = WheelManifest(encoded: bytes + SHA256Digest(hashing: bytes).bytes) else { return }
        holds(WheelManifest(encoded: manifest.encoded) == manifest, "the manifest does not come back")
    }

    @Sendable private static func readMetadata(_ bytes: [UInt8]) {
        guard let metadata = try? CoreMetadata(parsing: bytes) else { return }
        _ = try? metadata.requirements()
        _ = try? metadata.pythonSpecifiers()
    }
}
