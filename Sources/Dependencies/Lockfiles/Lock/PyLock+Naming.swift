extension PyLock {
    /// The usual name of a lock.
    public static let filename = "pylock.toml"

    /// Whether a file may be called so to be a lock: `pylock.toml`, or `pylock.NAME.toml` with a name that has no dots
    /// (PEP 751, file name).
    public static func isFilename(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.first == "pylock", parts.last == "toml", !name.contains("/"), !name.contains("\n") else { return false }
        return parts.count == 2 || (parts.count == 3 && !parts[1].isEmpty)
    }

    /// `pylock.NAME.toml`; `nil` for a name that has dots, blanks or other characters that do not go into it.
    public static func filename(for name: String) -> String? {
        let isPlain = name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "-" || $0 == "_" }
        return isPlain && !name.isEmpty ? "pylock.\(name.lowercased()).toml" : nil
    }
}
