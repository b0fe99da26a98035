import ArgumentParser
import Diagnostics
import FlowModel

/// Tells how a command line failed, or gives the help that it asked for.
struct UsageReport {
    /// The command line's root.
    let root: any ParsableCommand.Type
    /// How the root is called: `penstock`, or `python flow.py`. Asked only when it is needed.
    let caller: () -> String
    let words: [String]
    let environment: [String: String]

    /// Tells any failure and returns the exit code: 2 for a command line that makes no sense.
    func report(_ error: any Error) -> Int32 {
        let terminal = Terminal(descriptor: 2, environment: environment)
        if let text = wantedText(error) {
            Terminal(descriptor: 1, environment: environment).writeLine(text)
            return 0
        }
        let told = isAboutTheCommandLine(error) || asksAboutUnknown(error) ? misuse(error) : diagnostic(of: error)
        terminal.write(
            DiagnosticRenderer(terminal).render(told, usage: told.failure == .usage ? usage : nil))
        return told.failure.exitCode
    }

    /// What is no failure: help, the version, a script.
    private func wantedText(_ error: any Error) -> String? {
        guard !(error is any DiagnosticError), root.exitCode(for: error) == .success, !asksAboutUnknown(error) else {
            return nil
        }
        let caller = caller()
        let text = root.fullMessage(for: error).replacing(" SUBCOMMANDS:", with: ":")
            .replacing("SUBCOMMANDS:", with: "COMMANDS:").replacing("<subcommand>", with: "<command>")
            .replacing("OVERVIEW: ", with: "").replacing("USAGE: flow.py", with: "USAGE: \(caller)")
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // The options are listed below; one line need not hold them all.
            let namesOptions = line.contains("[-") || line.contains("[<options>]")
            if line.hasPrefix("USAGE:"), namesOptions, !line.contains("OPTIONS OF"), let usage { return "USAGE: " + usage }
            let isReference = line.hasPrefix("  See '") && line.hasSuffix("for detailed help.")
            return isReference ? "  <command> --help says more." : String(line)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    private func isAboutTheCommandLine(_ error: any Error) -> Bool {
        !(error is any DiagnosticError) && root.exitCode(for: error) == .validationFailure
    }

    /// `help` with a word that is no command.
    private func asksAboutUnknown(_ error: any Error) -> Bool {
        !(error is any DiagnosticError) && words.contains("help") && walk?.unknown != nil
    }

    private var walk: CommandWalk? { CommandTree.of(root).map { CommandWalk($0, words) } }

    private var usage: String? { walk?.usage(calledAs: caller()) }

    private func misuse(_ error: any Error) -> Diagnostic {
        if let unknown = walk?.unknown { return unknownCommand(unknown) }
        var message = root.message(for: error)
        if message.hasPrefix("Error: ") { message.removeFirst("Error: ".count) }
        var help = walk.map { (["see", caller()] + $0.path + ["--help"]).joined(separator: " ") }
        if let range = message.firstRange(of: " Did you mean '") {
            let meant = message[range.upperBound...].prefix { $0 != "'" }
            message = String(message[..<range.lowerBound])
            help = "did you mean '\(meant)'?"
        }
        return Diagnostic(.usage, Self.sentence(message), help: help)
    }

    /// An option that is unknown to the flow may be one of the command, misspelt.
    private func diagnostic(of error: any Error) -> Diagnostic {
        var told = DiagnosticRenderer.diagnostic(of: error)
        if let errors = error as? ParameterErrors, errors.problems.count == 1,
            case .unknownOption(let name, let parameters) = errors.problems[0]
        {
            let options = (walk?.command.arguments ?? []).filter(\.shouldDisplay).flatMap { $0.names ?? [] }.map(\.name)
            told.help = Nearest(name, of: options + parameters).word.map { "did you mean '--\($0)'?" } ?? told.help
        }
        return told
    }

    private func unknownCommand(_ word: String) -> Diagnostic {
        let known = walk?.command.shown.map(\.commandName) ?? []
        let place = ([caller()] + (walk?.path ?? [])).joined(separator: " ")
        let all = known.isEmpty ? nil : "the commands are \(known.joined(separator: ", "))"
        return Diagnostic(.usage, "\(place) has no command '\(word)'", help: Nearest(word, of: known).help ?? all)
    }

    /// As headlines are written: small letters at the beginning, no period at the end.
    private static func sentence(_ message: String) -> String {
        let text = message.prefix(1).lowercased() + message.dropFirst()
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
