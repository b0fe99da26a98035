/// Which names are packed.
struct NameFilter: Sendable {
    /// Lower case.
    private let suffixes: [String]
    private let excludedSuffixes: [String]

    /// - Parameter suffixes: endings; an empty one lets every name pass.
    init(suffixes: [String], excluding excluded: [String] = []) {
        self.suffixes = suffixes.map { $0.lowercased() }
        excludedSuffixes = excluded
    }

    /// The person's files.
    static func user(adding suffixes: [String]) -> NameFilter {
        NameFilter(suffixes: [".py", ".R", ".RDS"] + suffixes)
    }

    static let sdk = NameFilter(suffixes: [".py", ".html", ".css", ".js"])
    static let module = NameFilter(suffixes: [""], excluding: [".pyc"])

    /// A hidden file is packed only if its whole name is listed.
    func acceptsFile(_ name: String) -> Bool {
        let lower = name.lowercased()
        if lower.hasPrefix(".") { return suffixes.contains(lower) }
        return suffixes.contains { lower.hasSuffix($0) } && !excludedSuffixes.contains { lower.hasSuffix($0) }
    }

    func acceptsFolder(_ name: String) -> Bool {
        !name.hasPrefix(".") && name != "__pycache__" && name != "_escape_trampolines"
    }
}
