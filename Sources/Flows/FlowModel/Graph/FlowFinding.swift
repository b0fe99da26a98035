package import Diagnostics

/// One thing that is wrong with a flow, found before anything runs.
package struct FlowFinding: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A rule of the graph is broken.
        case graph(GraphRuleNumber)
        /// The flow is right but asks for what this version cannot do.
        case unsupported
        /// A decorator is unknown, misplaced or was given wrong attributes.
        case decorator
        /// A parameter is declared wrongly.
        case parameter
        /// Worth telling; the flow runs all the same.
        case warning
    }

    package let kind: Kind
    /// The step it is about; nothing when it is about the flow as a whole.
    package let step: StepName?
    package let file: String?
    package let line: Int?
    /// What is wrong: one sentence without a trailing period, naming the step.
    package let message: String
    /// What to change.
    package let help: String

    package init(
        _ kind: Kind, step: StepName? = nil, file: String? = nil, line: Int? = nil, _ message: String, help: String
    ) {
        self.kind = kind
        self.step = step
        self.file = file
        self.line = line
        self.message = message
        self.help = help
    }

    /// `file:line`, as far as they are known.
    package var location: String? {
        guard let file else { return nil }
        return line.map { "\(file):\($0)" } ?? file
    }

    package var diagnostic: Diagnostic {
        Diagnostic(.user, message, file: file, line: line, help: help)
    }
}

/// Everything that is wrong with a flow; never empty, and without warnings.
package struct FlowErrors: DiagnosticError, Hashable {
    package let flow: FlowName
    package let findings: [FlowFinding]

    /// Nothing when there is nothing to report; warnings are left out.
    package init?(_ flow: FlowName, _ findings: [FlowFinding]) {
        let findings = findings.filter { $0.kind != .warning }
        guard !findings.isEmpty else { return nil }
        self.flow = flow
        self.findings = findings
    }

    /// One diagnostic for all of it: the finding itself when there is one, otherwise a list.
    package var diagnostic: Diagnostic {
        if findings.count == 1 { return findings[0].diagnostic }
        let details = findings.flatMap { finding in
            [(finding.location.map { "\($0): " } ?? "") + finding.message, "  " + finding.help]
        }
        return Diagnostic(
            .user, "flow \(flow) has \(findings.count) problems", file: findings[0].file, details: details)
    }
}
