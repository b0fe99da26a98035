import Diagnostics
import Resolution

/// A failure as `--json` prints it: `{"error": {"kind": …, "explanation": …}}`.
struct FailureOutput {
    private let isJSON: Bool
    private let output: Terminal

    init(isJSON: Bool, on output: Terminal) {
        self.isJSON = isJSON
        self.output = output
    }

    /// Does work and returns the exit code. With `--json` a failure goes to standard output; otherwise it is thrown.
    func told(_ work: () throws -> Void) throws -> Int32 {
        do {
            try work()
            return 0
        } catch {
            guard isJSON else { throw error }
            output.writeLine(try JSONText(Failure(error: Told(error))).text)
            return DiagnosticRenderer.diagnostic(of: error).failure.exitCode
        }
    }

    private struct Failure: Encodable {
        let error: Told
    }

    private struct Told: Encodable {
        let kind: String
        /// Everything that is said about it, in lines.
        let explanation: String
        let headline: String
        /// The sentences of the explanation, where it has some.
        let details: [String]?
        let help: String?

        init(_ error: any Error) {
            let diagnostic = DiagnosticRenderer.diagnostic(of: error)
            kind = Self.kind(of: error, diagnostic)
            headline = diagnostic.headline
            details = diagnostic.details.isEmpty ? nil : diagnostic.details
            help = diagnostic.help
            explanation = DiagnosticRenderer(Terminal(descriptor: 1, environment: ["TERM": "dumb"]))
                .render(diagnostic, usage: nil).split(separator: "\n").joined(separator: "\n")
        }

        private static func kind(of error: any Error, _ diagnostic: Diagnostic) -> String {
            switch (error as? ResolutionError, diagnostic.failure) {
            case (.noSolution, _): "unsatisfiable"
            case (.cancelled, _): "interrupted"
            case (_, .user), (_, .usage): "invalid"
            case (_, .infrastructure): "unavailable"
            case (_, .bug): "internal"
            }
        }
    }
}
