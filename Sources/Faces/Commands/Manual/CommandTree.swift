import ArgumentParser
import FoundationEssentials

/// A command as the argument parser describes it: the one source of help, completions and the manual.
struct CommandTree: Decodable {
    /// An option, a flag or an argument.
    struct Word: Decodable {
        enum Kind: String, Decodable { case positional, option, flag }

        struct Name: Decodable {
            enum Kind: String, Decodable { case long, short, longWithSingleDash }

            var kind: Kind
            var name: String

            /// With its dashes.
            var text: String { (kind == .long ? "--" : "-") + name }
        }

        var kind: Kind
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var allValues: [String]?
        var abstract: String?
        var discussion: String?
    }

    var commandName: String
    var superCommands: [String]?
    var shouldDisplay: Bool?
    var abstract: String?
    var discussion: String?
    var defaultSubcommand: String?
    var subcommands: [CommandTree]?
    var arguments: [Word]?

    /// The tree of a whole command line. `nil` should its description not be readable, which tests exclude.
    static func of(_ root: any ParsableCommand.Type) -> CommandTree? {
        struct Tool: Decodable { var command: CommandTree }
        return try? JSONDecoder().decode(Tool.self, from: Data(root._dumpHelp().utf8)).command
    }

    /// The commands below this one that a person is told of; `help` goes without saying.
    var shown: [CommandTree] {
        (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
    }

    var path: [String] { (superCommands ?? []) + [commandName] }

    func subcommand(_ name: String) -> CommandTree? {
        subcommands?.first { $0.commandName == name }
    }
}
