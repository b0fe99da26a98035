import Digests

/// Makes a source of its table.
enum UVSourceReader {
    private static let kinds = ["registry", "git", "url", "path", "directory", "editable", "virtual"]

    static func read(_ table: LockTable) throws(LockTable.Failure) -> UVSource {
        let found = kinds.filter { table.values[$0] != nil }
        guard found.count == 1, let kind = found.first, let text = try table.string(kind) else {
            throw table.failure(
                .badSource(
                    found.isEmpty
                        ? "it has no source: one of \(kinds.joined(separator: ", ")) is needed"
                        : "it has several kinds of sources: \(found.joined(separator: ", "))"))
        }
        switch kind {
        case "registry": return .registry(LockedURL.withoutCredentials(text))
        case "git":
            guard let repository = repository(text) else {
                throw table.failure("git", .invalid("'\(LockedURL.withoutCredentials(text))' does not end in '#' and a commit"))
            }
            return .git(repository)
        case "url": return .url(LockedURL.withoutCredentials(text), subdirectory: try table.string("subdirectory"))
        case "path": return .path(text)
        case "directory": return .directory(text)
        case "editable": return .editable(text)
        default: return .virtual(text)
        }
    }

    /// `https://host/repository?subdirectory=a&tag=v1#0123…`: the commit stands last, what was asked for in the query.
    private static func repository(_ text: String) -> LockedRepository? {
        let halves = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[1].isEmpty else { return nil }
        let parts = halves[0].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var query: [Substring: String] = [:]
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if sides.count == 2 { query[sides[0]] = LockedURL.decoded(sides[1]) }
        }
        return LockedRepository(
            type: "git", url: String(parts[0]), requestedRevision: query["rev"] ?? query["tag"] ?? query["branch"],
            commitID: String(halves[1]), subdirectory: query["subdirectory"])
    }
}

extension LockTable {
    /// A hash as `sha256:` and 64 digits.
    func digest(_ key: String) throws(Failure) -> SHA256Digest {
        let text = try required(key, string(key))
        guard text.hasPrefix("sha256:") else {
            throw failure(key, .invalid("files are checked by SHA-256, and this is '\(text.prefix(40))'"))
        }
        guard let digest = SHA256Digest(hex: String(text.dropFirst(7))) else {
            throw failure(key, .invalid("'\(text.prefix(80))' is not 'sha256:' and 64 hexadecimal digits"))
        }
        return digest
    }
}
