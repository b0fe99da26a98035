import Yams

/// A configuration file of conda or mamba (`.condarc`), as far as it is about channels.
struct CondaFile: Sendable {
    var alias: String?
    var channels: [String]?
    var defaultChannels: [String]?
    var groups: [String: [String]] = [:]
    var ownHomes: [String: String] = [:]
    var mirrors: [String: [String]] = [:]
    var priority: String?
    var lifetime: Int64?
    var usesShards: Bool?
    /// How single channels want to be asked.
    var channelSettings: [ChannelSetting] = []
    /// Settings that would change where packages come from, and that Penstock does not follow.
    var notFollowed: [String] = []

    /// An entry of `channel_settings`.
    struct ChannelSetting: Sendable {
        var channel: String
        /// `http-basic` is followed.
        var auth: String?
        var user: String?
    }

    private static let known: Set<String> = [
        "allowlist_channels", "denylist_channels", "whitelist_channels", "proxy_servers", "ssl_verify", "client_ssl_cert",
        "migrated_channel_aliases",
    ]

    /// Reads YAML. What is not about channels is passed over.
    ///
    /// - Parameters:
    ///   - origin: The file, for errors.
    ///   - environment: What `$NAME` and `${NAME}` stand for.
    init(parsing text: String, origin: String, environment: [String: String]) throws(CondaChannelError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw .configuration(origin: origin, line: Self.line(of: error), problem: "it is not YAML")
        }
        guard let node, node.null == nil else { return }
        guard let map = node.mapping else {
            throw .configuration(origin: origin, line: 1, problem: "expected names with values")
        }
        let reader = CondaFileReader(origin: origin, environment: environment)
        for (key, value) in map {
            switch key.string {
            case "channel_alias": alias = try reader.text(value, "channel_alias")
            case "channels": channels = try reader.texts(value, "channels")
            case "default_channels": defaultChannels = try reader.texts(value, "default_channels")
            case "custom_multichannels": groups = try reader.table(value, "custom_multichannels", reader.texts)
            case "custom_channels": ownHomes = try reader.table(value, "custom_channels", reader.text)
            case "mirrored_channels": mirrors = try reader.table(value, "mirrored_channels", reader.texts)
            case "channel_priority": priority = try reader.text(value, "channel_priority")
            case "local_repodata_ttl": lifetime = try reader.lifetime(value)
            case "repodata_use_shards": usesShards = value.bool
            case "channel_settings": channelSettings = try reader.channelSettings(value)
            case let other?:
                if Self.known.contains(other) { notFollowed.append(other) }
            case nil: break
            }
        }
    }

    private static func line(of error: any Error) -> Int? {
        switch error as? YamlError {
        case .scanner(_, _, let mark, _)?, .parser(_, _, let mark, _)?, .composer(_, _, let mark, _)?: mark.line
        default: nil
        }
    }
}

/// Reads values of a file, and says where one is of another kind.
private struct CondaFileReader {
    let origin: String
    let environment: [String: String]

    private func failure(_ node: Node, _ problem: String) -> CondaChannelError {
        .configuration(origin: origin, line: node.mark?.line, problem: problem)
    }

    func text(_ node: Node, _ name: String) throws(CondaChannelError) -> String {
        guard let text = node.scalar?.string else { throw failure(node, "'\(name)' is to be a text") }
        return ShellVariables.replaced(in: text, environment)
    }

    func texts(_ node: Node, _ name: String) throws(CondaChannelError) -> [String] {
        if node.null != nil { return [] }
        guard let items = node.sequence else { return [try text(node, name)] }
        var texts: [String] = []
        for item in items { texts.append(try text(item, name)) }
        return texts
    }

    func table<Value>(
        _ node: Node, _ name: String, _ read: (Node, String) throws(CondaChannelError) -> Value
    ) throws(CondaChannelError) -> [String: Value] {
        if node.null != nil { return [:] }
        guard let map = node.mapping else { throw failure(node, "'\(name)' is to have names with values") }
        var table: [String: Value] = [:]
        for (key, value) in map {
            guard let text = key.string else { continue }
            table[text] = try read(value, "\(name).\(text)")
        }
        return table
    }

    func channelSettings(_ node: Node) throws(CondaChannelError) -> [CondaFile.ChannelSetting] {
        if node.null != nil { return [] }
        guard let items = node.sequence else { throw failure(node, "'channel_settings' is to be a list") }
        var settings: [CondaFile.ChannelSetting] = []
        for item in items {
            guard let map = item.mapping, let channel = map["channel"] else {
                throw failure(item, "an entry of 'channel_settings' is to have a 'channel'")
            }
            var setting = CondaFile.ChannelSetting(channel: try text(channel, "channel"))
            if let auth = map["auth"] { setting.auth = try text(auth, "auth") }
            if let user = map["username"] { setting.user = try text(user, "username") }
            settings.append(setting)
        }
        return settings
    }

    /// conda's 0 is "never without asking", 1 "as the server says", more are seconds.
    func lifetime(_ node: Node) throws(CondaChannelError) -> Int64? {
        if let flag = node.bool { return flag ? nil : 0 }
        guard let number = node.int, number >= 0 else { throw failure(node, "'local_repodata_ttl' is to be a number of seconds") }
        return number == 1 ? nil : Int64(number)
    }
}

/// `$NAME` and `${NAME}` in text.
package enum ShellVariables {
    /// The text with the variables that are set put in; others stay as they are written.
    package static func replaced(in text: String, _ environment: [String: String]) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "$") {
            result += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            let isBraced = rest.first == "{"
            let body = isBraced ? rest.dropFirst() : rest
            let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            let after = body[name.endIndex...]
            guard let value = environment[String(name)], !isBraced || after.first == "}" else {
                result += "$"
                continue
            }
            result += value
            rest = isBraced ? after.dropFirst() : after
        }
        return result + rest
    }
}
