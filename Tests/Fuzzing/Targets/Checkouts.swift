@testable import CodePackage

extension FuzzTarget {
    static let checkouts: [FuzzTarget] = [
        FuzzTarget(name: "git-index", seeds: { [gitIndex(version: 2), gitIndex(version: 4)] }, words: ["DIRC", "TREE", "\0\0\0\u{4}", "-1 0\n"]) {
            _ = GitIndex($0)
        },
        FuzzTarget(
            name: "git-config",
            seeds: { ["[core]\n\tbare = false\n[remote \"origin\"]\n\turl = \"https://u:p@h/x?y\" ; c\n[branch \"a\"]\n\tremote = origin\n".seed] },
            words: ["[remote \"origin\"]\n", "url = ", "://", "@"]
        ) {
            let address = GitConfig(parsing: $0.text).value("remote", "origin", "url") ?? $0.text
            let told = GitRemoteAddress(typed: address).withoutSecrets
            holds(GitRemoteAddress(typed: told).withoutSecrets == told || !told.contains("://"), "secrets are removed in two ways")
        },
        FuzzTarget(
            name: "ignore-file", seeds: { ["# c\n*.py[cod]\n/a/**/b/\n!x?y\n[[:alpha:]-z]*\n\\#q \n".seed] },
            words: ["**/", "[!", "[[:digit:]]", "!", "\\"]
        ) {
            let list = PatternList(parsing: $0.text)
            let names = $0.text.split(separator: "/").map(String.init)
            _ = list.deciding(names[...], isFolder: $0.count % 2 == 0)
            for pattern in list.patterns { _ = (pattern.reaches(below: names[...]), pattern.isOutside, pattern.namesHidden) }
        },
        FuzzTarget(name: "unified", seeds: { ["a\nb\nc\n\0a\nx\nc".seed] }) {
            let texts = $0.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
            let (old, new) = (texts[0], texts.count > 1 ? texts[1] : "")
            let difference = UnifiedDifference(old, new, path: "f")
            holds(difference.lines.isEmpty == old.utf8.elementsEqual(new.utf8), "a difference is told where there is none, or not where there is one")
        },
    ]

    /// An index with one file, and its tree.
    private static func gitIndex(version: UInt8) -> [UInt8] {
        var bytes = Array("DIRC".utf8) + [0, 0, 0, version, 0, 0, 0, 1]
        bytes += [UInt8](repeating: 1, count: 60) + [0, 4]
        bytes += (version == 4 ? [0] : []) + Array("a.py".utf8)
        bytes += [UInt8](repeating: 0, count: version == 4 ? 1 : 6)
        bytes += Array("TREE".utf8) + [0, 0, 0, 25, 0] + Array("1 0\n".utf8) + [UInt8](repeating: 7, count: 20)
        return bytes + [UInt8](repeating: 0, count: 20)
    }
}
