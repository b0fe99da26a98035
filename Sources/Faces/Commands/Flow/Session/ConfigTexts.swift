import Diagnostics
import FlowModel
import FoundationEssentials
import WorkerProtocol

/// What the command line, the environment and files say about the configs of a flow, as texts for the host to parse.
struct ConfigTexts {
    let inputs: [String: HostConfiguration.ConfigInput]

    init(_ configs: [ConfigDescription], given: ConfigOptions) throws {
        var inputs: [String: HostConfiguration.ConfigInput] = [:]
        for config in configs {
            switch given[config.name] {
            case .file(let path):
                inputs[config.name] = try Self.read(path, for: config.name)
            case .text(let text):
                inputs[config.name] = .init(text: text, source: "--config-value \(config.name)")
            case nil:
                if let path = config.defaultPath { inputs[config.name] = try Self.read(path, for: config.name) }
            }
        }
        self.inputs = inputs
    }

    private static func read(_ path: String, for name: String) throws -> HostConfiguration.ConfigInput {
        let expanded = HomeFolder.expand(path, ProcessInfo.processInfo.environment)
        guard let data = FileManager.default.contents(atPath: expanded) else {
            throw ConfigFileError(config: name, path: path, reason: "it does not exist, or may not be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigFileError(config: name, path: path, reason: "it is not UTF-8 text")
        }
        return .init(text: text, source: path)
    }
}

/// A file with a config that cannot be read.
struct ConfigFileError: DiagnosticError {
    var config: String
    var path: String
    var reason: String

    var diagnostic: Diagnostic {
        Diagnostic(
            .usage, "the file of config '\(config)' cannot be read: \(reason)", file: path,
            help: "name another one with --config \(config) FILE")
    }
}
