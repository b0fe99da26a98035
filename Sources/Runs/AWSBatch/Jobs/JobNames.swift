import Clusters
import Digests

/// The names of a run's jobs: `TrainFlow-1763900000000000-6c1d2e3f4a-7-12-train` is the job 12 of the group 7.
///
/// A name is made from the group's key alone, so that an engine that comes later finds the job of another. Batch allows 128 letters,
/// digits, `-` and `_`, and takes no heed of case when it looks for names; the digest of the run's exact name tells runs apart.
struct JobNames: Sendable {
    /// What the names of all jobs of the run begin with.
    let prefix: String

    static let longest = 128

    /// - Parameter run: as `JobGroupKey.run`.
    init(run: String) {
        let parts = run.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let readable = parts.map { Self.clean($0, limit: 36) }.joined(separator: "-")
        // A name begins with a letter or a digit.
        let first = readable.first.map { $0.isLetter || $0.isNumber } == true ? "" : "p"
        prefix = "\(first)\(readable)-\(SHA256Digest(hashing: Array(run.utf8)).hex.prefix(10))-"
    }

    /// A job by itself.
    func name(group: Int, index: Int, step: String) -> String { cut("\(prefix)\(group)-\(index)-\(Self.clean(step, limit: 128))") }

    /// One job for all nodes of a group.
    func name(gang: Int, of count: Int, step: String) -> String { cut("\(prefix)\(gang)-n\(count)-\(Self.clean(step, limit: 128))") }

    /// What the names of all jobs of a group begin with.
    func prefix(group: Int) -> String { "\(prefix)\(group)-" }

    enum Place: Hashable, Sendable {
        case job(group: Int, index: Int)
        case gang(group: Int, count: Int)
    }

    /// What a job of that name is; `nil` for a job of somebody else.
    func place(of name: String) -> Place? {
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.count).split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let group = Self.number(parts[0]) else { return nil }
        if parts[1].hasPrefix("n") {
            return Self.number(parts[1].dropFirst()).flatMap { (1...1_000).contains($0) ? .gang(group: group, count: $0) : nil }
        }
        return Self.number(parts[1]).map { .job(group: group, index: $0) }
    }

    private func cut(_ name: String) -> String { String(name.prefix(Self.longest)) }

    private static func clean(_ text: some StringProtocol, limit: Int) -> String {
        String(text.prefix(limit).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    }

    private static func number(_ digits: Substring) -> Int? {
        digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
    }
}
