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

    var isAsked: Bool { !specs.isEmpty }

    /// The channels as they are configured, with what is said here.
    func settings(environment: [String: String]) throws -> ChannelSettings {
        var options = ChannelOptions()
        options.channels = channels
        options.priority = channelPriority
        options.folder = FileManager.default.currentDirectoryPath
        return try ChannelSettings.discover(options: options, environment: environment)
    }

    /// What is asked for. An environment always has a Python.
    ///
    /// - Parameter python: as it was named: `3.12`, `3.12.4`; any where nothing is said.
    func requirements(python: String?) throws -> [CondaRequirement] {
        var requirements = try specs.map { text throws in
            do {
                return CondaRequirement(try MatchSpec(parsing: text), spelled: text, asker: Asker("you"))
            } catch {
                throw CondaSpecError(text: text, reason: "\(error)")
            }
        }
        guard !requirements.contains(where: { $0.spec.name.exactName?.description == "python" }) else { return requirements }
        let spec = python.map { "python \($0).*" } ?? "python"
        do {
            requirements.append(CondaRequirement(try MatchSpec(parsing: spec), spelled: spec))
        } catch {
            throw CondaSpecError(text: "--python \(python ?? "")", reason: "conda takes a version such as 3.12 here")
        }
        return requirements
    }

    /// That nothing is asked of package indexes beside: the two are not solved together by this command.
    func checkAlone(_ sources: RequestSources) throws {
        guard isAsked, !sources.isEmpty else { return }
        throw ValidationError(
            "--conda and requirements of package indexes cannot be given together; in a flow, @conda and @pypi can")
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
