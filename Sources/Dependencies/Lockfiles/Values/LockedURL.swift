import CondaPackaging

/// URLs as they may stand in a lock.
enum LockedURL {
    /// The URL without user and password, which must not get into a file that is committed and passed on.
    ///
    /// The user of an `ssh:` URL stays: it is part of the address (`git@…`), and no secret.
    static func withoutCredentials(_ url: String) -> String {
        guard let (authority, at) = credentials(in: url) else { return url }
        let scheme = url[..<authority].lowercased()
        guard scheme == "ssh://" || scheme.hasSuffix("+ssh://") else {
            return String(url[..<authority]) + url[url.utf8.index(after: at)...]
        }
        return String(url[..<authority]) + url[authority..<at].prefix { $0 != ":" } + url[at...]
    }

    /// The beginning of the authority and the last `@` within it; `nil` without one.
    private static func credentials(in url: String) -> (String.Index, String.Index)? {
        let bytes = url.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            return nil
        }
        let start = bytes.index(colon, offsetBy: 3)
        let end = bytes[start...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.endIndex
        return bytes[start..<end].lastIndex(of: UInt8(ascii: "@")).map { (start, $0) }
    }

    /// The text without user, password and conda's tokens (`/t/TOKEN/`), wherever in it the URL stands: match specs name channels
    /// by their URLs, too.
    static func withoutSecrets(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return text }
        var result = ""
        var rest = text[...]
        while let end = rest.firstIndex(where: { "\"'[], ".contains($0) }) {
            result += bare(rest[..<end]) + String(rest[end])
            rest = rest[rest.index(after: end)...]
        }
        return result + bare(rest)
    }

    /// A piece of a spec, in which a URL may stand behind `key=`.
    private static func bare(_ piece: Substring) -> String {
        guard let colon = piece.firstIndex(of: ":"), piece[colon...].hasPrefix("://") else { return String(piece) }
        let start = piece[..<colon].lastIndex(of: "=").map { piece.index(after: $0) } ?? piece.startIndex
        let withoutUser = ChannelCredentials.removed(from: String(piece[start...])).url
        return piece[..<start] + ChannelCredentials.removed(from: withoutUser).url
    }

    /// The name of the file that a URL or a path leads to, with `%2B` and the like decoded.
    static func filename(of location: String) -> String {
        let path = location.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path[...]
        return decoded(Substring(name))
    }

    /// The text with `%2B` and the like decoded.
    static func decoded(_ text: Substring) -> String {
        var decoded: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
