import Digests
import Environments
import PythonPackaging
import TestSupport

/// A wheel of a few lines, honest unless told otherwise.
struct TinyWheel: Sendable {
    struct File: Sendable {
        var path: String
        var content: String
        var isExecutable = false
    }

    var name: String
    var version: String
    var tag = "py3-none-any"
    var rootIsPure = true
    var entryPoints: String?
    var files: [File]
    /// Files of `.dist-info` that come in place of the right ones; `nil` leaves one out.
    var replaced: [String: String?] = [:]
    /// Changes the rows of RECORD.
    var record: @Sendable (inout [String]) -> Void = { _ in }
    /// The name of the folder, where it is not the right one.
    var distInfo: String?
    /// Changes the archive.
    var archive: @Sendable (inout ZipBuilder) -> Void = { _ in }
    /// Changes its bytes.
    var damage: @Sendable (inout [UInt8]) -> Void = { _ in }

    init(_ name: String, _ version: String = "1.0", _ files: [String: String] = [:]) {
        self.name = name
        self.version = version
        self.files = files.sorted { $0.key < $1.key }.map { File(path: $0.key, content: $0.value) }
    }

    var filename: String { "\(name)-\(version)-\(tag).whl" }

    var bytes: [UInt8] {
        let info = distInfo ?? "\(name)-\(version).dist-info"
        var entries = files.map { file in
            ZipBuilder.Entry(
                name: file.path, content: Array(file.content.utf8), mode: file.isExecutable ? 0o100755 : 0o100644)
        }
        var metadata: [String: String?] = [
            "METADATA": "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n",
            "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: \(rootIsPure)\nTag: \(tag)\n",
            "entry_points.txt": entryPoints,
        ]
        metadata.merge(replaced.filter { $0.key != "RECORD" }) { $1 }
        for (file, content) in metadata.sorted(by: { $0.key < $1.key }) {
            guard let content else { continue }
            entries.append(.init(name: "\(info)/\(file)", content: Array(content.utf8)))
        }
        var rows = entries.map { entry in "\(entry.name),\(Self.hash(entry.content)),\(entry.content.count)" }
        rows.append("\(info)/RECORD,,")
        record(&rows)
        let text = replaced["RECORD"] ?? rows.joined(separator: "\n") + "\n"
        if let text { entries.append(.init(name: "\(info)/RECORD", content: Array(text.utf8))) }
        var zip = ZipBuilder(entries)
        archive(&zip)
        var bytes = zip.bytes()
        damage(&bytes)
        return bytes
    }

    static func hash(_ content: [UInt8]) -> String { "sha256=" + base64(SHA256Digest(hashing: content).bytes) }

    /// URL-safe base64 without padding, the slow way: bit by bit.
    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        return stride(from: 0, to: bits.count, by: 6).reduce(into: "") { text, start in
            let value = (start..<start + 6).reduce(0) { $0 << 1 | Int($1 < bits.count ? bits[$1] : 0) }
            text.append(digits[value])
        }
    }
}
