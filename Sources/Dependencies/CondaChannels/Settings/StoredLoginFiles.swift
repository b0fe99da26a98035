import Archives
import FoundationEssentials
import SystemPackage

/// The files in which tools of conda keep logins. Blocks.
struct StoredLoginFiles {
    private(set) var logins = StoredLogins()
    /// Files that are there and cannot be understood.
    private(set) var warnings: [String] = []

    private let environment: [String: String]
    private let home: String?

    /// Reads, the ones of higher rank first: the file that `RATTLER_AUTH_FILE` names, `~/.rattler/credentials.json`,
    /// `~/.mamba/auth/authentication.json`, and the tokens of anaconda-client.
    ///
    /// - Throws: `.configuration` for the named file, where it cannot be read.
    init(_ environment: [String: String]) throws(CondaChannelError) {
        self.environment = environment
        home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        if let named = environment["RATTLER_AUTH_FILE"], !named.isEmpty {
            guard let bytes = Self.bytes(of: named), let entries = Self.rattler(bytes) else {
                throw .configuration(
                    origin: named, line: nil,
                    problem: "it is named by RATTLER_AUTH_FILE, and is no table of hosts with logins that can be read")
            }
            logins.entries += entries
        }
        guard let home else { return }
        take("\(home)/.rattler/credentials.json", Self.rattler)
        take("\(home)/.mamba/auth/authentication.json", Self.mamba)
        for folder in tokenFolders { takeTokens(in: folder) }
    }

    private mutating func take(_ path: String, _ read: ([UInt8]) -> [StoredLogins.Entry]?) {
        guard let bytes = Self.bytes(of: path) else { return }
        guard let entries = read(bytes) else {
            warnings.append("\(path) has no logins that can be read, and is passed over")
            return
        }
        logins.entries += entries
    }

    private static func bytes(of path: String) -> [UInt8]? {
        try? StoredBytes(reading: FilePath(path)).copied
    }
}

// MARK: - JSON

extension StoredLoginFiles {
    /// `{"host": {"BearerToken": "…"}, "*.host": {"CondaToken": "…"}, "other": {"BasicHTTP": {"username": "…", "password": "…"}}}`;
    /// other ways to be let in are passed over.
    static func rattler(_ bytes: [UInt8]) -> [StoredLogins.Entry]? {
        guard let table = try? JSONDecoder().decode([String: Lenient<RattlerLogin>].self, from: Data(bytes)) else { return nil }
        return table.sorted { $0.key < $1.key }.compactMap { host, login in
            guard let login = login.value else { return nil }
            if let token = login.BearerToken { return entry(host, .bearer(token)) }
            if let token = login.CondaToken { return entry(host, .token(token)) }
            return login.BasicHTTP.map { entry(host, .basic(user: $0.username, password: $0.password)) }
        }
    }

    /// `{"host": {"type": "BasicHTTPAuthentication", "user": "…", "password": "in Base 64"}}`, or `CondaToken`, `BearerToken` with
    /// a `token`.
    static func mamba(_ bytes: [UInt8]) -> [StoredLogins.Entry]? {
        guard let table = try? JSONDecoder().decode([String: Lenient<MambaLogin>].self, from: Data(bytes)) else { return nil }
        return table.sorted { $0.key < $1.key }.compactMap { host, login in
            switch (login.value?.type, login.value?.token, login.value?.password) {
            case ("CondaToken", let token?, _): return entry(host, .token(token))
            case ("BearerToken", let token?, _): return entry(host, .bearer(token))
            case ("BasicHTTPAuthentication", _, let password?):
                guard let plain = Data(base64Encoded: password) else { return nil }
                return entry(host, .basic(user: login.value?.user ?? "", password: String(decoding: plain, as: UTF8.self)))
            default: return nil
            }
        }
    }

    /// - Parameter place: a host, or one with a path behind it.
    private static func entry(_ place: String, _ secret: StoredLogins.Secret) -> StoredLogins.Entry {
        let text = place.firstRange(of: "://").map { String(place[$0.upperBound...]) } ?? place
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        var path = text[slash...]
        while path.last == "/" { path.removeLast() }
        return StoredLogins.Entry(host: text[..<slash].lowercased(), path: String(path), secret: secret)
    }
}

private struct RattlerLogin: Decodable {
    struct Basic: Decodable {
        let username: String
        let password: String
    }

    let BearerToken: String?
    let CondaToken: String?
    let BasicHTTP: Basic?
}

private struct MambaLogin: Decodable {
    let type: String
    let token: String?
    let user: String?
    let password: String?
}

/// `nil` where the value is of another kind.
private struct Lenient<Value: Decodable>: Decodable {
    let value: Value?

    init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}

// MARK: - Tokens

extension StoredLoginFiles {
    /// Where versions of anaconda-client keep a file for each server.
    private var tokenFolders: [String] {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let home else { return [] }
        var folders = value("BINSTAR_CONFIG_DIR").map { ["\($0)/data"] } ?? []
        folders.append("\(home)/.continuum/anaconda-client/tokens")
        folders.append("\(value("XDG_CONFIG_HOME") ?? "\(home)/.config")/binstar")
        folders.append("\(value("XDG_DATA_HOME") ?? "\(home)/.local/share")/binstar")
        folders.append("\(home)/Library/Application Support/binstar")
        return folders
    }

    /// Files `URL.token`, the URL encoded as in forms. A server whose name has a part `api` has the channels where that part is `conda`.
    private mutating func takeTokens(in folder: String) {
        for name in CondaFolder.names(in: folder) where name.hasSuffix(".token") {
            guard let url = Self.formDecoded(name.dropLast(6)), let place = ServerPlace(url),
                let text = Self.bytes(of: "\(folder)/\(name)").map({ String(decoding: $0, as: UTF8.self) })
            else { continue }
            let token = text.split(whereSeparator: \.isWhitespace).joined()
            // What goes into a path may not lead elsewhere.
            guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#%\\".utf8.contains($0) }) else { continue }
            for host in Set([place.hostAndPort, Self.channelsHost(place.hostAndPort)]).sorted() {
                logins.entries.append(.init(host: host, path: place.path, secret: .token(token)))
            }
        }
    }

    static func channelsHost(_ host: String) -> String {
        var parts = host.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if let place = parts.firstIndex(of: "api") { parts[place] = "conda" }
        return parts.joined(separator: ".")
    }

    private static func formDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
