public import CondaPackaging
public import Diagnostics
public import PackageSources

/// Why channels, or what they offer, cannot be used. Addresses in it are without passwords and tokens.
public enum CondaChannelError: Error, Sendable {
    /// A channel is given by a name, and nothing says where channels of that name live.
    case unknownHome(channel: String)
    /// Text that names no channel; `origin` is the option, variable or file that has it.
    case badChannel(ChannelError, origin: String)
    /// A file or variable that configures channels cannot be understood.
    case configuration(origin: String, line: Int?, problem: String)
    /// No folder of the channel that was looked for is there.
    case missing(channel: String, url: String, subdirs: [Subdir])
    /// What a channel offers could not be fetched.
    case unreachable(channel: String, subdir: Subdir, cause: PackageSourceError)
    /// The records of one package, which are a file of their own, could not be fetched.
    case shard(package: CondaName, channel: String, cause: PackageSourceError)
    /// What a channel says of its packages cannot be understood; `reason` completes "the repodata …: ".
    case broken(channel: String, url: String, reason: String)
    /// An archive could not be fetched; `channel` is the name of the channel that it belongs to, where that is known.
    case archive(url: String, channel: String?, cause: PackageSourceError)
    /// An archive was fetched, and is no conda package; in words.
    case notAPackage(url: String, reason: String)
    /// The cache could not be used.
    case cache(PackageSourceError)
    case cancelled
}

extension CondaChannelError: DiagnosticError {
    public var diagnostic: Diagnostic {
        switch self {
        case .unknownHome(let channel):
            Diagnostic(
                .user, "It is not known where the channel '\(channel)' is",
                help: "set PENSTOCK_CONDA_CHANNEL_ALIAS (or channel_alias in .condarc) to the address below which channels live,"
                    + " or give the channel by its address")
        case .badChannel(let error, let origin): Diagnostic(.user, "\(error)", details: ["from \(origin)"])
        case .configuration(let origin, let line, let problem):
            Diagnostic(.user, "The configuration of conda cannot be read: \(problem)", file: origin, line: line)
        case .missing(let channel, let url, let subdirs):
            Diagnostic(
                .user, "The channel '\(channel)' has nothing for \(subdirs.map(\.description).joined(separator: " and "))",
                details: ["looked for repodata below \(url)"], help: "check the channel's name, and where channels live")
        case .unreachable(let channel, let subdir, let cause):
            cause.about("asked for \(subdir) of the channel '\(channel)'", help: cause.channelHelp)
        case .shard(let package, let channel, let cause):
            cause.about("wanted are the records of \(package) in the channel '\(channel)'", help: cause.shardHelp)
        case .broken(_, let url, let reason):
            Diagnostic(
                .infrastructure, "The repodata \(url) cannot be used: \(reason)",
                help: "it was damaged on its way or made wrongly; try again with --refresh, or ask whoever keeps the channel")
        case .archive(let url, let channel, let cause):
            cause.about(Self.purpose(url, channel), help: cause.archiveHelp)
        case .notAPackage(let url, let reason):
            Diagnostic(.user, "\(url) is not a conda package that can be used: \(reason)")
        case .cache(let cause): cause.diagnostic
        case .cancelled: Diagnostic(.infrastructure, "Fetching was cancelled")
        }
    }
}

extension CondaChannelError {
    private static func purpose(_ url: String, _ channel: String?) -> String {
        let name = CacheDirectory.archiveName(of: url)
        return "wanted is the conda package \(name)" + (channel.map { " of the channel '\($0)'" } ?? ", \(withoutCredentials(url))")
    }
}

extension PackageSourceError {
    /// What went wrong, with a line that says for what, and with better help where there is some.
    fileprivate func about(_ purpose: String, help: String?) -> Diagnostic {
        var diagnostic = diagnostic
        diagnostic.details.append(purpose)
        if let help { diagnostic.help = help }
        return diagnostic
    }

    fileprivate var channelHelp: String? {
        switch self {
        case .refused: "check user, password or token in the channel's address, in ~/.netrc, or in your keyring"
        case .unreachable, .redirect: "check the network, the address of the channel, and proxy and certificate settings"
        case .status: "try again later, or check the address of the channel"
        default: nil
        }
    }

    fileprivate var shardHelp: String? {
        switch self {
        case .status(_, 404, _), .status(_, 410, _), .digestMismatch, .sizeMismatch:
            "the channel was changed since its index was fetched; try again with --refresh"
        default: channelHelp
        }
    }

    fileprivate var archiveHelp: String? {
        switch self {
        case .status(_, 404, _), .status(_, 410, _), .localFile:
            "the channel does not have it any more; make the lock anew, or configure a mirror that still has it"
        case .offline: nil
        default: channelHelp
        }
    }
}

extension CondaChannelError {
    /// What a failure of the cache means; being cancelled is no failure.
    init(cache error: PackageSourceError) {
        if case .cancelled = error { self = .cancelled } else { self = .cache(error) }
    }
}
