/// The manual page in the language of man(7), made from the command trees.
struct ManualPage {
    private var lines: [String] = []

    init(_ penstock: CommandTree, flow: CommandTree) {
        lines = [
            ".TH PENSTOCK 1 \"\" \"penstock \(EngineVersion.current)\" \"Penstock\"", ".SH NAME",
            "penstock \\- " + Self.escaped((penstock.abstract ?? "").lowercasedFirst.droppingPeriod), ".SH SYNOPSIS",
            ".B penstock", "\\fICOMMAND\\fR [\\fIARGUMENTS\\fR]", ".br", ".B python",
            "\\fIflow.py\\fR [\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]",
        ]
        section("DESCRIPTION", (penstock.discussion.map { $0 + "\n\n" } ?? "") + "Every command explains itself with --help.")
        lines.append(".SH COMMANDS OF PENSTOCK")
        for command in penstock.shown { add(command, below: "penstock") }
        lines.append(".SH OPTIONS OF A FLOW FILE")
        lines.append("They stand before the command.")
        for word in flow.arguments ?? [] where word.shouldDisplay && !word.isEverywhere { add(word) }
        lines.append(".SH COMMANDS OF A FLOW FILE")
        for command in flow.shown { add(command, below: "python flow.py") }
        section(
            "EXIT STATUS",
            """
            0 when it worked; 1 when it failed; 2 when the command line is wrong; 128 and the number of the signal when one \
            ended it.
            """)
        section(
            "ENVIRONMENT",
            """
            PENSTOCK_ROOT names the folder that holds the store, PENSTOCK_CACHE_DIR the cache, PENSTOCK_USER the person, \
            PENSTOCK_ENGINE the engine that flow files hand over to. NO_COLOR turns colour off.
            """)
        section("FILES", ".penstock holds the store: the ledger of the runs, their artifacts and their logs.")
    }

    var text: String { lines.map { $0 + "\n" }.joined() }

    private mutating func section(_ title: String, _ text: String?) {
        guard let text else { return }
        lines.append(".SH " + title)
        paragraphs(text)
    }

    /// A command, and those below it.
    private mutating func add(_ command: CommandTree, below parent: String) {
        let name = "\(parent) \(command.commandName)"
        if command.shown.isEmpty || !(command.arguments ?? []).allSatisfy({ !$0.shouldDisplay }) {
            lines += [".SS " + Self.escaped(name + Self.synopsis(of: command))]
            paragraphs([command.abstract, command.discussion].compactMap { $0 }.joined(separator: "\n\n"))
            for word in command.arguments ?? [] where word.shouldDisplay && !word.isEverywhere { add(word) }
        }
        for below in command.shown { add(below, below: name) }
    }

    private static func synopsis(of command: CommandTree) -> String {
        (command.arguments ?? []).filter { $0.kind == .positional && $0.shouldDisplay }.map { word in
            let name = "<\(word.valueName ?? "")>" + (word.isRepeating ? " ..." : "")
            return word.isOptional ? " [\(name)]" : " \(name)"
        }.joined()
    }

    private mutating func add(_ word: CommandTree.Word) {
        lines.append(".TP")
        let value = word.valueName.map { " \\fI\(Self.escaped($0))\\fR" } ?? ""
        switch word.kind {
        case .positional: lines.append("\\fI\(Self.escaped(word.valueName ?? ""))\\fR")
        case .flag: lines.append((word.names ?? []).map { "\\fB\(Self.escaped($0.text))\\fR" }.joined(separator: ", "))
        case .option:
            lines.append(
                (word.names ?? []).map { "\\fB\(Self.escaped($0.text))\\fR" }.joined(separator: ", ") + value)
        }
        var text = word.abstract ?? ""
        if let values = word.allValues, !values.isEmpty { text += " One of: \(values.joined(separator: ", "))." }
        if let value = word.defaultValue, word.kind != .flag { text += " By default \(value)." }
        lines.append(Self.escaped(text))
    }

    /// Lines that are set in by the author stay as they are; the rest is filled.
    private mutating func paragraphs(_ text: String) {
        var isLiteral = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let wantsLiteral = line.hasPrefix("  ")
            if wantsLiteral != isLiteral { lines.append(wantsLiteral ? ".nf" : ".fi") }
            isLiteral = wantsLiteral
            lines.append(line.isEmpty ? ".PP" : Self.escaped(String(line)))
        }
        if isLiteral { lines.append(".fi") }
    }

    private static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}

extension CommandTree.Word {
    /// Every command has it, and the page says so once.
    fileprivate var isEverywhere: Bool { (names ?? []).contains { $0.text == "--help" || $0.text == "--version" } }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
    fileprivate var droppingPeriod: String { hasSuffix(".") ? String(dropLast()) : self }
}
