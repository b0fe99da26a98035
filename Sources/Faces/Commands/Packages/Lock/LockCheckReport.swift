/// Whether one lock is out of date, as `--json` prints it.
struct LockFinding: Encodable {
    var lock: String
    /// The steps that have it, if it is of a flow.
    var steps: [String]
    /// Why it is out of date, each a sentence without a full stop; none if it is not.
    var reasons: [String]
}

/// What `lock --check` says.
struct LockCheckReport {
    let findings: [LockFinding]
    /// What makes the locks anew, as help has it: `type: penstock lock flow.py`.
    let help: String

    /// The exit code: 1 if a lock is out of date.
    func tell(isJSON: Bool, output: Terminal, error: Terminal) throws -> Int32 {
        let stale = findings.filter { !$0.reasons.isEmpty }
        if isJSON {
            output.writeLine(try JSONText(findings).text)
        } else {
            for finding in stale {
                output.writeLine("\(Style.bold(finding.lock, on: output)) is out of date:")
                for reason in finding.reasons { output.writeLine("  \(reason)") }
            }
            let help = Style.green("help:", on: error) + " \(help)"
            error.writeLine(stale.isEmpty ? "All locks are up to date." : help)
        }
        return stale.isEmpty ? 0 : 1
    }
}
