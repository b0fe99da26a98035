/// What the file name of a source distribution says (PEP 625, and the older forms): `numpy-2.0.0.tar.gz`.
public struct SdistFilename: Sendable, Hashable {
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case tarGzip = ".tar.gz"
        case zip = ".zip"
    }

    /// What stands before the last `-`, normalised; in old names that is not always the name of a package.
    public let name: PackageName
    public let version: Version
    public let format: Format
    /// The file name.
    public let description: String
}

extension SdistFilename: TextCoded {
    /// Reads the name of a file.
    public init(parsing filename: some StringProtocol) throws(FilenameError) {
        let filename = String(filename)
        let utf8 = filename.utf8
        guard let format = Format.allCases.first(where: { filename.hasSuffix($0.rawValue) }) else {
            throw FilenameError(filename: filename, problem: .extension)
        }
        let stem = Substring(utf8.dropLast(format.rawValue.utf8.count))
        guard let dash = stem.utf8.lastIndex(of: UInt8(ascii: "-")) else {
            throw FilenameError(filename: filename, problem: .partCount)
        }
        guard dash > stem.startIndex else { throw FilenameError(filename: filename, problem: .name) }
        let version = stem[stem.utf8.index(after: dash)...]
        guard let parsed = version.withBytes(Version.init(utf8:)) else {
            throw FilenameError(filename: filename, problem: .version(String(version)))
        }
        self.init(
            name: PackageName(normalizing: stem[..<dash]), version: parsed, format: format, description: filename)
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }
}
