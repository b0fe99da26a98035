import Digests

/// A wheel as a builder of packages would make it, out of a few lines of metadata.
package struct WheelBuilder: Sendable {
    package var name: String
    package var version: String
    package var tag = "py3-none-any"
    package var requiresDist: [String] = []
    package var requiresPython: String?
    /// Contents by path; metadata, WHEEL and RECORD come on top.
    package var files: [(path: String, content: String)] = []

    package init(_ name: String, _ version: String) {
        self.name = name
        self.version = version
    }

    package var filename: String { "\(name)-\(version)-\(tag).whl" }

    package var metadata: [UInt8] {
        var lines = ["Metadata-Version: 2.1", "Name: \(name)", "Version: \(version)"]
        if let requiresPython { lines.append("Requires-Python: \(requiresPython)") }
        lines += requiresDist.map { "Requires-Dist: \($0)" }
        return Array((lines.joined(separator: "\n") + "\n\nA package for tests.\n").utf8)
    }

    package func bytes() -> [UInt8] {
        let info = "\(name)-\(version).dist-info"
        var entries = files.map { ZipBuilder.Entry(name: $0.path, content: Array($0.content.utf8)) }
        entries.append(.init(name: "\(info)/METADATA", content: metadata))
        let wheel = "Wheel-Version: 1.0\nGenerator: penstock-tests\nRoot-Is-Purelib: true\nTag: \(tag)\n"
        entries.append(.init(name: "\(info)/WHEEL", content: Array(wheel.utf8)))
        let record = entries.map { entry in
            "\(entry.name),sha256=\(Self.base64(SHA256Digest(hashing: entry.content).bytes)),\(entry.content.count)\n"
        }
        let text = record.joined() + "\(info)/RECORD,,\n"
        entries.append(.init(name: "\(info)/RECORD", content: Array(text.utf8)))
        return ZipBuilder(entries).bytes()
    }

    /// The form of RECORD: URL-safe, without padding.
    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0...group.count { text.append(digits[value >> (18 - 6 * place) & 63]) }
        }
        return text
    }
}
