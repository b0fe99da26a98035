/// What the file WHEEL says (the binary distribution format).
struct WheelInfo: Hashable, Sendable {
    /// Whether the files at the top belong where pure Python modules go; otherwise where machine code goes.
    var rootIsPure: Bool

    init(_ bytes: [UInt8]) throws(WheelFault) {
        var fields: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
            fields[line[..<colon].lowercased()] = String(value).trimmingTrailingSpace
        }
        guard let version = fields["wheel-version"] else {
            throw .metadata(file: "WHEEL", reason: "does not say which version of the format it is of")
        }
        // A later minor version may be installed, a later major version must not be.
        guard version.split(separator: ".").first == "1" else { throw .formatVersion(version) }
        guard let root = fields["root-is-purelib"] else {
            throw .metadata(file: "WHEEL", reason: "does not say where its files belong (Root-Is-Purelib)")
        }
        rootIsPure = root.lowercased() == "true"
    }
}

extension String {
    fileprivate var trimmingTrailingSpace: String {
        var rest = Substring(self)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
