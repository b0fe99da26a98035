import Clusters

/// The name of a group's job, by which it is found again: `penstock:TrainFlow/1763900000000000/7`, with `:4` behind it for a gang of
/// four nodes.
///
/// Characters that have a meaning in lists of Slurm are written as `%2C`, and a run with a very long name keeps its beginning, its end
/// and a digest, since accounts hold 255 bytes.
struct SlurmJobName: Hashable, CustomStringConvertible {
    private static let mark = "penstock:"
    private static let longest = 150

    /// As it stands in the name.
    let run: String
    let number: Int
    /// Of a gang.
    let nodes: Int?

    init(_ key: JobGroupKey, nodes: Int? = nil) {
        run = Self.text(of: key.run)
        number = key.number
        self.nodes = nodes
    }

    /// Reads a job's name; `nil` for jobs of others.
    init?(_ text: Substring) {
        guard text.hasPrefix(Self.mark), let slash = text.lastIndex(of: "/") else { return nil }
        let parts = text[text.index(after: slash)...].split(separator: ":", omittingEmptySubsequences: false).map(SlurmJobID.number)
        guard (1...2).contains(parts.count), let number = parts[0], parts.count == 1 || parts[1] != nil else { return nil }
        run = String(text[..<slash].dropFirst(Self.mark.count))
        self.number = number
        nodes = parts.count == 2 ? parts[1] : nil
        if run.isEmpty { return nil }
    }

    var description: String { "\(Self.mark)\(run)/\(number)" + (nodes.map { ":\($0)" } ?? "") }

    /// What stands for a run in the names of its jobs.
    static func text(of run: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in run.utf8 {
            bytes += isPlain(byte) ? [byte] : [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if bytes.count <= longest { return text }
        return text.prefix(60) + "~" + String(digest(run), radix: 16) + "~" + text.suffix(40)
    }

    /// FNV-1a of 64 bits.
    private static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
