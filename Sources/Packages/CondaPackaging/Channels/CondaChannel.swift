/// A place that packages come from: a URL with a folder for each platform below it (CEP 26).
public struct CondaChannel: Sendable {
    /// The URL without a slash at the end, and without anything secret: it can be written down and shown.
    public let baseURL: String
    /// How it is called: what follows the home of named channels, or the URL's path.
    public let name: String
    /// What the URL was written with to be let in.
    public let credentials: ChannelCredentials?

    /// - Parameters:
    ///   - home: The URL below which named channels live, without a slash at the end.
    ///   - folder: The absolute path that relative paths begin at; where it is `nil` they are refused.
    public init(_ reference: ChannelReference, home: String, folder: String? = nil) throws(ChannelError) {
        let text = reference.description
        switch reference.kind {
        case .name: self.init(url: "\(home)/\(text)", home: home)
        case .url: self.init(url: text, home: home)
        case .path:
            guard let path = Self.absolute(text, in: folder) else { throw ChannelError(text: text) }
            self.init(url: URLText.file(path), home: home)
        }
    }

    private init(url: String, home: String) {
        var (url, credentials) = ChannelCredentials.removed(from: url)
        while url.hasSuffix("/"), !url.hasSuffix("://") { url.removeLast() }
        baseURL = url
        self.credentials = credentials
        let isAtHome = !home.isEmpty && url.hasPrefix(home + "/")
        name = isAtHome ? String(url.dropFirst(home.count + 1)) : URLText.path(of: url)
    }

    private init(_ other: CondaChannel, _ credentials: ChannelCredentials) {
        (baseURL, name, self.credentials) = (other.baseURL, other.name, credentials)
    }

    /// The same channel, asked with credentials.
    package func with(_ credentials: ChannelCredentials) -> CondaChannel { CondaChannel(self, credentials) }

    private static func absolute(_ path: String, in folder: String?) -> String? {
        guard !path.hasPrefix("/") else { return path }
        guard !path.hasPrefix("~"), !path.hasPrefix("\\"), let folder else { return nil }
        var parts = folder.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The folder of one platform, without a slash at the end and without anything secret.
    public func url(of subdir: Subdir) -> String { "\(baseURL)/\(subdir)" }

    /// An archive of the channel.
    public func url(of archive: ArchiveName, in subdir: Subdir) -> String { "\(baseURL)/\(subdir)/\(archive)" }
}

extension CondaChannel: Hashable, CustomStringConvertible {
    public var description: String { name }

    public static func == (left: Self, right: Self) -> Bool {
        left.baseURL == right.baseURL && left.credentials == right.credentials
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(baseURL) }
}

/// What a channel's URL can be written with to be let in. Its text says nothing of it.
public enum ChannelCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// `https://user:password@host/…`, percent-encoding taken off by whoever sends it.
    case basic(user: String, password: String)
    /// `https://host/t/TOKEN/…`
    case token(String)

    public var description: String {
        switch self {
        case .basic(let user, _): "\(user):***"
        case .token: "/t/***"
        }
    }

    public var debugDescription: String { description }

    /// The URL without credentials, and those.
    package static func removed(from url: String) -> (url: String, credentials: ChannelCredentials?) {
        guard let parts = URLText.Parts(url) else { return (url, nil) }
        if let secret = parts.userInfo {
            let halves = secret.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let password = halves.count > 1 ? String(halves[1]) : ""
            return ("\(parts.scheme)://\(parts.host)\(parts.path)", .basic(user: String(halves[0]), password: password))
        }
        let path = parts.path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.count > 2, path[1] == "t", !path[2].isEmpty else { return (url, nil) }
        let rest = path.dropFirst(3).map { "/" + $0 }.joined()
        return ("\(parts.scheme)://\(parts.host)\(rest)", .token(String(path[2])))
    }
}
