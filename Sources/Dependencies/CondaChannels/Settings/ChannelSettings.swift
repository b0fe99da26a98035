public import CondaPackaging

/// Which channels are asked and where they are: everything that was found in options, variables and files.
public struct ChannelSettings: Sendable {
    /// How channels that have a package of the same name go together.
    public enum Priority: String, Sendable, Hashable, CaseIterable {
        /// The first channel that has a package of the name is the only one for it.
        case strict
        /// Earlier channels are preferred; later ones may stand in.
        case flexible
        /// The order of channels says nothing.
        case disabled
    }

    /// The URL below which named channels live, without a slash at the end; `nil` where nothing says it.
    public var home: String?
    /// The channels as they were named, the first of the highest rank.
    public var channelNames: [String] = []
    /// Where `channelNames` come from, for messages.
    public var channelsOrigin = "the caller"
    /// Default: strict.
    public var priority = Priority.strict
    /// Names that stand for several channels (`defaults`).
    public var groups: [String: [String]] = [:]
    /// URLs below which single channels live, by the channel's name.
    public var ownHomes: [String: String] = [:]
    /// Addresses that are tried in turn instead of a channel's own, by the channel's name or URL.
    public var mirrors: [String: [String]] = [:]
    /// For how many seconds repodata is used without asking again; `nil` for what its server says, 0 for not at all.
    public var lifetime: Int64?
    /// Whether sharded repodata is used where a channel has it. Default: yes.
    public var usesShards = true
    /// Whether `current_repodata.json`, which has the latest versions only, is preferred. Default: no.
    public var usesCurrentRepodata = false
    /// What tools of conda have stored to be let in.
    public var logins = StoredLogins()
    /// The folder that relative paths of channels begin at.
    public var folder: String?
    /// The person's home, for paths that begin with `~`.
    public var personalFolder: String?
    /// What the person should know: settings that were found and are not followed.
    public var warnings: [String] = []

    public init() {}

    /// Whether the person has said which channels there are.
    public var isConfigured: Bool { channelsOrigin != Self.ownChoice }

    static let ownChoice = "Penstock's own choice"

    /// The configured channels, in order, without repetitions.
    public func channels() throws(CondaChannelError) -> [CondaChannel] {
        try channels(named: channelNames, origin: channelsOrigin)
    }

    /// The channels that are meant by names, URLs and paths; a name may stand for several.
    ///
    /// - Parameter origin: What names them, for messages.
    public func channels(named names: [String], origin: String) throws(CondaChannelError) -> [CondaChannel] {
        var channels: [CondaChannel] = []
        for name in names {
            for member in groups[name] ?? [name] {
                let channel = try channel(named: member, origin: origin)
                if !channels.contains(where: { $0.baseURL == channel.baseURL }) { channels.append(channel) }
            }
        }
        return channels
    }

    /// The channel that a name, URL or path stands for.
    public func channel(named text: String, origin: String) throws(CondaChannelError) -> CondaChannel {
        do throws(ChannelError) {
            let reference = try ChannelReference(parsing: expandingHome(text))
            guard reference.kind == .name else {
                return try CondaChannel(reference, home: home ?? "", folder: folder)
            }
            if let own = ownHome(of: reference.description) { return try CondaChannel(reference, home: own) }
            if let home { return try CondaChannel(reference, home: home) }
        } catch {
            throw .badChannel(error, origin: origin)
        }
        // A mirror knows where it is, whatever the name stands for.
        if let mirror = mirrors[text]?.first { return try channel(named: mirror, origin: origin) }
        throw .unknownHome(channel: text)
    }

    private func ownHome(of name: String) -> String? {
        if let own = ownHomes[name] { return own }
        // `name/label/dev` lives where `name` does.
        return name.firstIndex(of: "/").flatMap { ownHomes[String(name[..<$0])] }
    }

    private func expandingHome(_ text: String) -> String {
        guard let personalFolder, text == "~" || text.hasPrefix("~/") else { return text }
        return personalFolder + text.dropFirst()
    }

    /// The addresses at which a channel is asked, in the order in which they are tried.
    package func addresses(of channel: CondaChannel) throws(CondaChannelError) -> [CondaChannel] {
        let names = mirrors[channel.name] ?? mirrors[channel.baseURL] ?? []
        var addresses: [CondaChannel] = []
        for name in names { addresses.append(try self.channel(named: name, origin: "the mirrors of \(channel.name)")) }
        return (addresses.isEmpty ? [channel] : addresses).map(admitted)
    }

    /// The channel with the token that is stored for it, where it has no credentials of its own.
    private func admitted(_ channel: CondaChannel) -> CondaChannel {
        guard channel.credentials == nil, let token = logins.token(for: channel.baseURL) else { return channel }
        return channel.with(.token(token))
    }
}
