extension ParameterDescription.ValueType {
    /// Whether Python would make a value of this type out of the text. The worker has the last word; this one comes
    /// before anything runs.
    package func accepts(_ text: String) -> Bool {
        switch self {
        case .str, .custom, .file: true
        case .int: Self.isInteger(text.trimmed)
        case .float: Self.isFloat(text.trimmed)
        case .bool: Self.booleans.contains(text.trimmed.lowercased())
        case .json: Self.isJSON(text)
        }
    }

    private static let booleans: Set<String> = [
        "1", "true", "t", "yes", "y", "on", "0", "false", "f", "no", "n", "off",
    ]

    /// Digits of any number, single underscores between them, perhaps a sign.
    private static func isInteger(_ text: String) -> Bool {
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        return !digits.isEmpty
            && digits.split(separator: "_", omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber }
            }
    }

    private static func isFloat(_ text: String) -> Bool {
        let unsigned = (text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]).lowercased()
        if ["inf", "infinity", "nan"].contains(unsigned) { return true }
        let mantissaAndExponent = unsigned.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        if mantissaAndExponent.count == 2, !isInteger(String(mantissaAndExponent[1])) { return false }
        let parts = mantissaAndExponent[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.contains { !$0.isEmpty }
            && parts.allSatisfy { $0.isEmpty || ($0.first != "-" && $0.first != "+" && isInteger(String($0))) }
    }

    private static func isJSON(_ text: String) -> Bool {
        // Python also reads these three words, which JSON does not have.
        let hasWords = ["NaN", "Infinity"].contains { text.contains($0) }
        return hasWords || JSONValue(parsing: text) != nil
    }
}
