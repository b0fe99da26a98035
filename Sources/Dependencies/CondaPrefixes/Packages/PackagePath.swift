/// One path of a conda package: an entry of `info/paths.json` (CEP 34).
public struct PackagePath: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable {
        case hardlink, softlink, directory
    }

    /// How the placeholder stands in a file.
    public enum Mode: String, Sendable, Hashable, Codable {
        case text, binary
    }

    /// Relative to the prefix, `/` between names.
    public var path: String
    public var kind: Kind
    /// Absent for a file that names no prefix.
    public var placeholder: String?
    /// Default: text.
    public var mode: Mode?
    /// Never a second name of the file in the cache.
    public var isCopied: Bool
    /// Of the file as it is in the package, in hexadecimal digits.
    public var sha256: String?
    /// In bytes, in the package.
    public var size: Int64?

    public init(
        _ path: String, kind: Kind = .hardlink, placeholder: String? = nil, mode: Mode? = nil, isCopied: Bool = false,
        sha256: String? = nil, size: Int64? = nil
    ) {
        self.path = path
        self.kind = kind
        self.placeholder = placeholder
        self.mode = mode
        self.isCopied = isCopied
        self.sha256 = sha256
        self.size = size
    }
}

extension PackagePath: Codable {
    enum CodingKeys: String, CodingKey {
        case path = "_path"
        case kind = "path_type"
        case placeholder = "prefix_placeholder"
        case mode = "file_mode"
        case isCopied = "no_link"
        case sha256
        case size = "size_in_bytes"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        path = try values.decode(String.self, forKey: .path)
        kind = try values.decodeIfPresent(Kind.self, forKey: .kind) ?? .hardlink
        placeholder = try values.decodeIfPresent(String.self, forKey: .placeholder).flatMap { $0.isEmpty ? nil : $0 }
        mode = try values.decodeIfPresent(Mode.self, forKey: .mode)
        isCopied = try values.decodeIfPresent(Bool.self, forKey: .isCopied) ?? false
        sha256 = try values.decodeIfPresent(String.self, forKey: .sha256)
        size = try values.decodeIfPresent(Int64.self, forKey: .size)
    }
}
