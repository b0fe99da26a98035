/// Where the words of a command line lead in a command tree.
struct CommandWalk {
    /// The command that is reached.
    private(set) var command: CommandTree
    /// The commands from the root to it, the root's own name left out.
    private(set) var path: [String] = []
    /// The same with the command that goes without saying, as `show` after `logs`.
    private(set) var wholePath: [String] = []
    /// A word that stands where a command should, and is none.
    private(set) var unknown: String?
    /// How many words lead to the command, options of those above it included.
    private(set) var wordCount = 0

    init(_ root: CommandTree, _ words: [String]) {
        command = root
        var place = words.startIndex
        while place < words.endIndex, command.hasCommands {
            let word = words[place]
            place += 1
            if word == "--" { return }
            // `help run` leads where `run` does.
            if word == "help" { continue }
            if word.hasPrefix("-"), word != "-" {
                if command.takesValue(word) { place += 1 }
                continue
            }
            if let next = command.subcommand(word) {
                command = next
                path.append(word)
                wholePath.append(word)
                wordCount = place
            } else if let fallback = command.fallback, fallback.takesWords {
                command = fallback
                wholePath.append(fallback.commandName)
                return
            } else {
                unknown = word
                return
            }
        }
    }

    /// One line that says how the command is written: `penstock runs [OPTIONS] [<flow>]`.
    ///
    /// - Parameter caller: how the root is called: `penstock`, or `python flow.py`.
    func usage(calledAs caller: String) -> String {
        var words = [caller] + path
        let shown = (command.arguments ?? []).filter(\.shouldDisplay)
        if shown.contains(where: { $0.kind != .positional }) { words.append("[OPTIONS]") }
        for word in shown where word.kind == .positional {
            let name = "<\(word.valueName ?? "")>" + (word.isRepeating ? "..." : "")
            words.append(word.isOptional ? "[\(name)]" : name)
        }
        if command.hasCommands, !command.shown.isEmpty { words.append("<command>") }
        return words.joined(separator: " ")
    }
}

extension CommandTree {
    fileprivate var hasCommands: Bool { !(subcommands ?? []).filter { $0.commandName != "help" }.isEmpty }

    fileprivate var fallback: CommandTree? { defaultSubcommand.flatMap { subcommand($0) } }

    fileprivate var takesWords: Bool { (arguments ?? []).contains { $0.kind == .positional } }

    /// Whether the word after this option is its value.
    fileprivate func takesValue(_ option: String) -> Bool {
        guard !option.contains("=") else { return false }
        return (arguments ?? []).contains { word in
            word.kind == .option && (word.names ?? []).contains { $0.text == option }
        }
    }
}
