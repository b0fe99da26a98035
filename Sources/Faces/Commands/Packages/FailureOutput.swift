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
    func told(_ work: () throws -> Int32) throws -> Int32 {
        do {
            return try work()
        } catch {
            guard isJSON else { throw error }
            output.writeLine(try JSONText(Failure(error: ResolutionProblem(error))).text)
            return DiagnosticRenderer.diagnostic(of: error).failure.exitCode
        }
    }

    private struct Failure: Encodable {
        let error: ResolutionProblem
    }
}
