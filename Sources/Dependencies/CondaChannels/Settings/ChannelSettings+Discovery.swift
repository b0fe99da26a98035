import Archives
import CondaPackaging
import Diagnostics
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension ChannelSettings {
    /// Finds out what the person has configured, for Penstock, conda or mamba. Blocks.
    ///
    /// Channels are the first that are found of: the options; `PENSTOCK_CONDA_CHANNELS`; `CONDA_CHANNELS`; `channels` of the
    /// files; else `conda-forge`. Where named channels live says `PENSTOCK_CONDA_CHANNEL_ALIAS`, `CONDA_CHANNEL_ALIAS`, or
    /// `channel_alias` of the files. Files are, each before the ones named ahead of it: those of the machine, `condarc` in
    /// `~/.config/conda`, `~/.conda`, `~`, the active environment (`CONDA_PREFIX`), and what `CONDARC` and `MAMBARC` name.
    public static func discover(options: ChannelOptions = .init(), environment: [String: String]) throws(CondaChannelError) -> ChannelSettings {
        var settings = ChannelSettings()
        settings.folder = options.folder
        settings.personalFolder = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        for path in CondaFilePlaces(environment, systemFolder: options.systemFolder).paths {
            guard let text = try text(of: path) else { continue }
            try settings.take(CondaFile(parsing: text, origin: path, environment: environment), from: path)
        }
        try settings.take(environment)
        let files = try StoredLoginFiles(environment)
        settings.logins.entries += files.logins.entries
        settings.warnings += files.warnings
        if !options.channels.isEmpty { (settings.channelNames, settings.channelsOrigin) = (options.channels, "the options") }
        if settings.channelNames.isEmpty { (settings.channelNames, settings.channelsOrigin) = (["conda-forge"], ownChoice) }
        if let priority = options.priority { settings.priority = priority }
        return settings
    }

    private static func text(of path: String) throws(CondaChannelError) -> String? {
        do throws(ArchiveFault) {
            return try StoredBytes(reading: FilePath(path)).text
        } catch {
            switch error {
            // An empty file says nothing, and nor does one that is not there.
            case .truncated, .system(_, ENOENT), .system(_, ENOTDIR): return nil
            default:
                throw .configuration(origin: path, line: nil, problem: ArchiveError(archive: "the file", error).diagnostic.headline)
            }
        }
    }

    /// Takes over what a file of higher rank says.
    private mutating func take(_ file: CondaFile, from origin: String) throws(CondaChannelError) {
        if let alias = file.alias { home = Self.withoutSlash(alias) }
        if let channels = file.channels { (channelNames, channelsOrigin) = (channels, origin) }
        if let defaults = file.defaultChannels { groups["defaults"] = defaults }
        groups.merge(file.groups) { $1 }
        ownHomes.merge(file.ownHomes.mapValues(Self.withoutSlash)) { $1 }
        mirrors.merge(file.mirrors) { $1 }
        if let text = file.priority { priority = try Self.priority(text, origin: origin) }
        if let lifetime = file.lifetime { self.lifetime = lifetime }
        if let usesShards = file.usesShards { self.usesShards = usesShards }
        for setting in file.channelSettings { take(setting, from: origin) }
        warnings += file.notFollowed.map { "'\($0)' in \(origin) is not followed; Penstock's own settings for proxies and certificates are those for indexes" }
    }

    /// The user of a channel whose password the keyring knows, as the plugin conda-auth keeps it.
    private mutating func take(_ setting: CondaFile.ChannelSetting, from origin: String) {
        guard let auth = setting.auth else { return }
        guard auth == "http-basic", let user = setting.user else {
            warnings.append("'auth: \(auth)' of the channel \(setting.channel) in \(origin) is not followed; 'http-basic' with a 'username' is")
            return
        }
        guard let channel = try? channel(named: setting.channel, origin: origin), let place = ServerPlace(channel.baseURL) else { return }
        logins.entries.append(
            .init(
                host: place.hostAndPort, path: place.path, secret: .basic(user: user, password: nil),
                keyringServices: ["conda-auth::http-basic::\(setting.channel)"]))
    }

    private mutating func take(_ environment: [String: String]) throws(CondaChannelError) {
        func value(_ names: String...) -> (text: String, name: String)? {
            for name in names { if let text = environment[name], !text.isEmpty { return (text, name) } }
            return nil
        }
        if let alias = value("PENSTOCK_CONDA_CHANNEL_ALIAS", "CONDA_CHANNEL_ALIAS") { home = Self.withoutSlash(alias.text) }
        if let channels = value("PENSTOCK_CONDA_CHANNELS", "CONDA_CHANNELS") {
            channelNames = channels.text.split { $0 == "," || $0 == " " }.map(String.init)
            channelsOrigin = channels.name
        }
        if let priority = value("PENSTOCK_CONDA_CHANNEL_PRIORITY", "CONDA_CHANNEL_PRIORITY") {
            self.priority = try Self.priority(priority.text, origin: priority.name)
        }
        if let text = value("PENSTOCK_CONDA_REPODATA_LIFETIME") {
            guard let seconds = Int64(text.text), seconds >= 0 else {
                throw .configuration(origin: text.name, line: nil, problem: "'\(text.text)' is not a number of seconds")
            }
            lifetime = seconds
        }
        if let text = value("PENSTOCK_CONDA_SHARDS") { usesShards = try Self.flag(text.text, origin: text.name) }
        if let text = value("PENSTOCK_CONDA_CURRENT_REPODATA") { usesCurrentRepodata = try Self.flag(text.text, origin: text.name) }
        if let text = value("PENSTOCK_CONDA_MIRRORS") { try takeMirrors(text.text, origin: text.name) }
    }

    /// `name=address,address name=address`
    private mutating func takeMirrors(_ text: String, origin: String) throws(CondaChannelError) {
        for item in text.split(separator: " ") {
            guard let mark = item.lastEqualsBeforeAddress else {
                throw .configuration(origin: origin, line: nil, problem: "mirrors are given as channel=address,address")
            }
            mirrors[String(item[..<mark])] = item[item.index(after: mark)...].split(separator: ",").map(String.init)
        }
    }

    private static func flag(_ text: String, origin: String) throws(CondaChannelError) -> Bool {
        switch text.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw .configuration(origin: origin, line: nil, problem: "'\(text)' is neither 'true' nor 'false'")
        }
    }

    /// conda also takes a truth value: true for flexible, false for none.
    private static func priority(_ text: String, origin: String) throws(CondaChannelError) -> Priority {
        switch text.lowercased() {
        case "true", "yes", "on": return .flexible
        case "false", "no", "off", "0": return .disabled
        case let text:
            guard let priority = Priority(rawValue: text) else {
                throw .configuration(
                    origin: origin, line: nil, problem: "'\(text)' is no channel priority: strict, flexible or disabled")
            }
            return priority
        }
    }

    private static func withoutSlash(_ text: String) -> String {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}

extension Substring {
    /// Where a channel's name or address ends and its mirrors begin: addresses may have the sign in them.
    fileprivate var lastEqualsBeforeAddress: Index? {
        guard let scheme = firstRange(of: "=http") ?? firstRange(of: "=file") ?? firstRange(of: "=/") else { return nil }
        return scheme.lowerBound
    }
}

/// Where conda and mamba look for their configuration, from the lowest rank to the highest.
private struct CondaFilePlaces {
    private(set) var paths: [String] = []

    init(_ environment: [String: String], systemFolder: String) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        add("\(systemFolder)/conda/.condarc", "\(systemFolder)/conda/condarc")
        let home = value("HOME")
        if let folder = value("XDG_CONFIG_HOME") ?? home.map({ "\($0)/.config" }) { add("\(folder)/conda/.condarc", "\(folder)/conda/condarc") }
        if let home { add("\(home)/.conda/.condarc", "\(home)/.conda/condarc", "\(home)/.condarc", "\(home)/.mambarc") }
        if let prefix = value("CONDA_PREFIX") { add("\(prefix)/.condarc", "\(prefix)/condarc") }
        for name in ["CONDARC", "MAMBARC"] { if let path = value(name) { add(path) } }
    }

    private mutating func add(_ more: String...) { paths += more }
}
