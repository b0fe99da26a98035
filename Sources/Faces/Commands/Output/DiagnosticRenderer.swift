import Diagnostics

/// The one place that words failures for a terminal: `error:`, where, details, causes, `help:`.
struct DiagnosticRenderer {
    let terminal: Terminal

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// The text for any error, with a closing line break.
    func render(_ error: any Error) -> String {
        render(Self.diagnostic(of: error), usage: nil)
    }

    /// - Parameter usage: how the command is written, when the command line is at fault.
    func render(_ diagnostic: Diagnostic, usage: String?) -> String {
        var lines = [Style.boldRed("error:", on: terminal) + " " + VisibleText.of(diagnostic.headline)]
        if let file = diagnostic.file {
            lines.append("  " + Style.cyan("at \(VisibleText.of(file))" + (diagnostic.line.map { ":\($0)" } ?? ""), on: terminal))
        }
        lines += diagnostic.details.flatMap { VisibleText.of($0).split(separator: "\n", omittingEmptySubsequences: false) }
            .flatMap { wrapped("  " + $0) }
        lines += causes(of: diagnostic)
        if let usage { lines.append(Style.green("usage:", on: terminal) + " " + usage) }
        // A line for each thing that may be done.
        for help in VisibleText.of(diagnostic.help ?? "").split(separator: "\n") {
            var parts = wrapped("help: \(help)")
            parts[0] = Style.green("help:", on: terminal) + parts[0].dropFirst("help:".count)
            lines += parts
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// A failure as a diagnostic; what does not know how to tell itself is told as it prints.
    static func diagnostic(of error: any Error) -> Diagnostic {
        (error as? any DiagnosticError)?.diagnostic ?? Diagnostic(.bug, "\(error)")
    }

    /// A line as several that fit the terminal, the later ones as far to the right as the first one's text.
    private func wrapped(_ line: String) -> [String] {
        terminal.isInteractive ? WrappedText(line, columns: terminal.width).lines : [line]
    }

    private func causes(of diagnostic: Diagnostic) -> [String] {
        var lines: [String] = []
        var cause = diagnostic.cause
        while let error = cause {
            let next = Self.diagnostic(of: error)
            lines.append("  because: " + VisibleText.of(next.headline))
            lines += next.details.map { "    " + VisibleText.of($0) }
            cause = next.cause
        }
        return lines
    }
}
