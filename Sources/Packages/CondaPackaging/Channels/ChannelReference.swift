/// A channel as a person names it (CEP 26): `conda-forge`, `defaults/label/dev`, a URL, or a folder's path.
///
/// What a name stands for depends on where the person's channels live; `CondaChannel` is the answer.
public struct ChannelReference: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// To be looked for below the place where channels live.
        case name
        case url
        /// A folder on this machine; relative ones begin with `.` or `~`.
        case path
    }

    public let kind: Kind
    /// The reference as it was written, without slashes at the end.
    public let description: String

    /// Reads a name, a URL or a path, with or without slashes at the end.
    public init(parsing text: some StringProtocol) throws(ChannelError) {
        var text = Substring(text)
        while text.utf8.count > 1, text.utf8.last == UInt8(ascii: "/") { text = text.dropLast() }
        guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw ChannelError(text: String(text))
        }
        kind = Self.kind(of: text)
        description = String(text)
        guard kind != .name || text.utf8.allSatisfy(\.isChannelNamePart) else { throw ChannelError(text: description) }
    }

    private static func kind(of text: some StringProtocol) -> Kind {
        if URLText.hasScheme(text) { return .url }
        let isPath = text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../") || text == "." || text == ".."
        return isPath || text.hasPrefix("~") || text.hasPrefix("\\") ? .path : .name
    }

    /// Whether a channel that has this base URL is the one that is meant.
    ///
    /// - Parameter home: The URL below which named channels live, without a slash at the end.
    public func isMeant(_ channel: CondaChannel, home: String) -> Bool {
        (try? CondaChannel(self, home: home))?.baseURL == channel.baseURL
    }
}

extension ChannelReference: CodedAsText {
    public init(decoding text: String) throws { try self.init(parsing: text) }
}

extension UInt8 {
    /// Whether the byte can be part of a channel's name; CEP 26 is narrower, channels are not.
    fileprivate var isChannelNamePart: Bool {
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "@"), UInt8(ascii: "~"), UInt8(ascii: " "):
            true
        default: isAlphanumeric
        }
    }
}

/// Text that names no channel.
public struct ChannelError: Error, Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public var description: String { "\(URLText.redacted(text).quoted) is not a channel: give a name, a URL or an absolute path" }
}
