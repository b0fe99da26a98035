/// Which names are packed.
struct NameFilter: Sendable {
    /// Lower case.
    private let suffixes: [String]
    private let excludedSuffixes: [String]
    /// Whether a comparison of bytes tells all.
    private let isPlain: Bool

    /// - Parameter suffixes: endings; an empty one lets every name pass.
    init(suffixes: [String], excluding excluded: [String] = []) {
        self.suffixes = suffixes.map { $0.lowercased() }
        excludedSuffixes = excluded
        isPlain = (suffixes + excluded).allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    }

    /// The person's files.
    static func user(adding suffixes: [String]) -> NameFilter {
        NameFilter(suffixes: [".py", ".R", ".RDS"] + suffixes)
    }

    static let sdk = NameFilter(suffixes: [".py", ".html", ".css", ".js"])
    static let module = NameFilter(suffixes: [""], excluding: [".pyc"])

    /// A hidden file is packed only if its whole name is listed.
    func acceptsFile(_ name: String) -> Bool {
        if isPlain, name.utf8.first != UInt8(ascii: "."), name.utf8.allSatisfy({ $0 < 0x80 }) {
            return suffixes.contains { Self.ends(name, with: $0) }
                && !excludedSuffixes.contains { Self.ends(name, with: $0) }
        }
        let lower = name.lowercased()
        if lower.hasPrefix(".") { return suffixes.contains(lower) }
        return suffixes.contains { lower.hasSuffix($0) } && !excludedSuffixes.contains { lower.hasSuffix($0) }
    }

    /// By bytes: a folder may hold very many names.
    private static func ends(_ name: String, with suffix: String) -> Bool {
        var (name, suffix) = (name, suffix)
        return name.withUTF8 { name in
            suffix.withUTF8 { suffix in
                name.count >= suffix.count
                    && zip(name.suffix(suffix.count), suffix).allSatisfy { left, right in
                        (left >= 0x41 && left <= 0x5a ? left | 0x20 : left) == right
                    }
            }
        }
    }

    func acceptsFolder(_ name: String) -> Bool {
        !name.hasPrefix(".") && name != "__pycache__" && name != "_escape_trampolines"
    }
}
