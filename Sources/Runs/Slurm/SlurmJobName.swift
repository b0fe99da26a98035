import Clusters

/// The name of a group's job, by which it is found again: `penstock:TrainFlow/1763900000000000/7`, with `:4` behind it for a gang of
/// four nodes.
struct SlurmJobName: Hashable, CustomStringConvertible {
    private static let mark = "penstock:"

    let key: JobGroupKey
    /// Of a gang.
    let nodes: Int?

    /// - Throws: `refused` for a run whose name has other characters than letters, digits, `_`, `.`, `-` and `/`: a comma would
    ///   divide the name, and others have a meaning in listings.
    init(_ key: JobGroupKey, nodes: Int? = nil) throws(ClusterError) {
        guard key.number >= 0, !key.run.isEmpty, key.run.utf8.count <= 200, key.run.utf8.allSatisfy(Self.isPlain) else {
            throw ClusterError("slurm", .refused, "the run '\(key.run)' has a name that cannot be that of a job")
        }
        self.key = key
        self.nodes = nodes
    }

    /// Reads a job's name; `nil` for jobs of others.
    init?(_ text: Substring) {
        guard text.hasPrefix(Self.mark), let slash = text.lastIndex(of: "/") else { return nil }
        let parts = text[text.index(after: slash)...].split(separator: ":", omittingEmptySubsequences: false).map(SlurmJobID.number)
        guard (1...2).contains(parts.count), let number = parts[0], parts.count == 1 || parts[1] != nil else { return nil }
        let run = text[..<slash].dropFirst(Self.mark.count)
        do throws(ClusterError) {
            try self.init(JobGroupKey(run: String(run), number: number), nodes: parts.count == 2 ? parts[1] : nil)
        } catch {
            return nil
        }
    }

    var description: String { "\(Self.mark)\(key.run)/\(key.number)" + (nodes.map { ":\($0)" } ?? "") }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
