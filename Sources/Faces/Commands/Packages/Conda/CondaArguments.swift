public import ArgumentParser
public import CondaChannels
import CondaPackaging
import CondaSolving
import Diagnostics
import FoundationEssentials
import PythonPackaging
import Resolution

/// What is asked of conda channels.
struct CondaArguments: ParsableArguments {
    @Option(
        name: .customLong("conda"),
        help: ArgumentHelp(
            "A conda package, as a match spec: numpy, 'numpy>=1.26', 'python=3.12', conda-forge::zlib; may be given several times.",
            valueName: "spec"))
    var specs: [String] = []

    @Option(
        name: .customLong("channel"),
        help: ArgumentHelp(
            "A channel to ask instead of the configured ones, the first goes before the others: a name, a URL or a folder.",
            valueName: "channel"))
    var channels: [String] = []

    @Option(help: "What the order of channels means: strict, flexible or disabled.")
    var channelPriority: ChannelSettings.Priority?

    @Option(
        help: ArgumentHelp(
            "Where a Python project comes from that both worlds have: conda, pypi, or PROJECT=conda for one; may be given several times.",
            valueName: "source"),
        transform: Preference.init)
    var prefer: [Preference] = []

    @Option(
        help: ArgumentHelp(
            "A TOML file that says which conda packages have which Python projects, such as pytorch = [\"torch\"].", valueName: "file"),
        completion: .file())
    var condaNames: String?

    var isAsked: Bool { !specs.isEmpty }

    /// Where a command asks nothing of conda by options.
    static var nothing: CondaArguments { parsed([]) }

    private static func parsed(_ words: [String]) -> CondaArguments { (try? parse(words)) ?? CondaArguments() }

    /// `conda`, or `numpy=pypi`.
    struct Preference: Sendable {
        /// Absent for all projects.
        let project: PackageName?
        let world: PackageWorld

        init(_ text: String) throws {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let world = parts.last.flatMap({ PackageWorld(rawValue: String($0)) }) else {
                throw ValidationError("'\(text)' names neither conda nor pypi; write conda, pypi, or PROJECT=conda")
            }
            self.world = world
            project = parts.count == 2 ? try PackageName(argument: String(parts[0])) : nil
        }
    }

    /// What files ask of conda, with what is said here before it.
    ///
    /// - Parameter names: which conda packages have which Python projects, by files of their own.
    func added(to read: ReadCondaRequest, names: ProjectNameMapping) throws -> ReadCondaRequest {
        var read = read
        read.entries = try specs.map { text throws in .init(try Self.requirement(text)) } + read.entries
        read.priority = channelPriority ?? read.priority
        for preference in prefer {
            if let project = preference.project {
                read.preference.ofProjects[project] = preference.world
            } else {
                read.preference.usual = preference.world
            }
        }
        read.names = names
        return read
    }

    private static func requirement(_ text: String) throws -> CondaRequirement {
        let spec: MatchSpec
        do {
            spec = try MatchSpec(parsing: text)
        } catch {
            throw CondaSpecError(text: text, reason: "\(error)")
        }
        guard spec.name.exactName != nil else { throw CondaSpecError(text: text, reason: "it is a pattern and names no package") }
        return CondaRequirement(spec, spelled: text, asker: Asker("you"))
    }

    /// The channels as they are configured, with what files and options say.
    ///
    /// Channels of files come before the configured ones, as with conda, unless `nodefaults` is among them; those of the options stand
    /// in the place of all others.
    func settings(_ read: ReadCondaRequest = .init(), environment: [String: String]) throws -> ChannelSettings {
        var options = ChannelOptions()
        options.channels = channels
        options.priority = channelPriority ?? read.priority
        options.folder = FileManager.default.currentDirectoryPath
        var settings = try ChannelSettings.discover(options: options, environment: environment)
        guard channels.isEmpty, !read.channels.isEmpty else { return settings }
        let configured = read.hasOnlyOwnChannels || !settings.isConfigured ? [] : settings.channelNames
        settings.channelNames = read.channels + configured
        settings.channelsOrigin = "the files of what is asked for"
        return settings
    }
}

extension ChannelSettings.Priority: ExpressibleByArgument {}

/// Text that is no match spec.
struct CondaSpecError: DiagnosticError {
    let text: String
    let reason: String

    var diagnostic: Diagnostic {
        Diagnostic(.usage, "'\(text)': \(reason)", help: "write a name, with a version behind it if need be: numpy, 'numpy>=1.26', 'numpy=1.26.*'")
    }
}
