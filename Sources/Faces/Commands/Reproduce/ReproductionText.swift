import FlowModel

/// What came of a reproduction, for a person: a table, why things differ, how the runs were run, and the verdict.
struct ReproductionText {
    private let report: ReproductionReport

    init(_ report: ReproductionReport) { self.report = report }

    func lines(on terminal: Terminal) -> [String] {
        let headline = Style.bold("\(report.recorded) was reproduced as \(report.repeated)", on: terminal)
        return ([[headline]] + [table(on: terminal), problems(on: terminal), reasons(on: terminal), circumstances(on: terminal), [verdict(on: terminal)]])
            .filter { !$0.isEmpty }.flatMap { $0 + [""] }.dropLast()
    }

    // MARK: The artifacts

    private func table(on terminal: Terminal) -> [String] {
        var table = TextTable("STEP", ">TASKS", "ARTIFACT", "RESULT", "HOW: RECORDED | NEW")
        for step in report.steps {
            let tasks = step.tasks > 1 ? "\(step.tasks)" : ""
            if step.artifacts.isEmpty {
                let words = step.takenOver > 0 && step.tasks == 0 ? "taken over" : "made nothing"
                table.add(.init(step.name), .init(tasks), "", .init(words, .dim), "")
            }
            for (number, artifact) in step.artifacts.enumerated() {
                table.add(
                    .init(number == 0 ? step.name : ""), .init(number == 0 ? tasks : ""), .init(artifact.name),
                    .init(result(artifact), style(artifact.result)), .init(artifact.cases.first?.how ?? ""))
            }
        }
        return table.isEmpty ? [] : table.lines(on: terminal, indent: "  ")
    }

    /// `identical`, or where tasks have several results `3 different, 5 identical`.
    private func result(_ artifact: ReproductionReport.Artifact) -> String {
        guard artifact.counts.count > 1 else { return artifact.result }
        let order = ["different", "missing", "new", "not comparable", "equal", "identical"]
        return order.compactMap { name in artifact.counts[name].map { "\($0) \(name)" } }.joined(separator: ", ")
    }

    private func style(_ result: String) -> Style? {
        switch result {
        case "identical", "equal": .green
        case "not comparable": .yellow
        default: .boldRed
        }
    }

    private func problems(on terminal: Terminal) -> [String] {
        let lines = report.steps.flatMap { step in step.problems.map { "  \(step.name): \($0)" } }
        return lines.isEmpty ? [] : [Style.bold("Tasks", on: terminal)] + lines
    }

    // MARK: Why

    private func reasons(on terminal: Terminal) -> [String] {
        let differing = report.steps.flatMap { step in
            step.artifacts.filter { !$0.reasons.isEmpty }.map { (step, $0) }
        }
        guard !differing.isEmpty else { return [] }
        var lines = [Style.bold("Why", on: terminal)]
        for (step, artifact) in differing {
            lines.append("  \(artifact.name) of step \(step.name)\(tasks(artifact, of: step))")
            for reason in artifact.reasons.prefix(5) {
                let place = reason.place.map { Style.dim(" (\($0)", on: terminal) + ": " + (reason.code ?? "") + Style.dim(")", on: terminal) }
                lines.append("    \(reason.text)\(place ?? "")")
            }
        }
        return lines
    }

    /// `, in 3 of 8 tasks, as train (folds[3]=red)`
    private func tasks(_ artifact: ReproductionReport.Artifact, of step: ReproductionReport.Step) -> String {
        guard step.tasks > 1, let first = artifact.cases.first else { return "" }
        let count = ["different", "missing", "new"].reduce(0) { $0 + (artifact.counts[$1] ?? 0) }
        return ", in \(count) of \(step.tasks) tasks, the first \(first.task)"
    }

    // MARK: How

    private func circumstances(on terminal: Terminal) -> [String] {
        let same = report.circumstances.filter(\.isSame).map(\.name)
        let other = report.circumstances.filter { !$0.isSame }
        var lines = [Style.bold("How", on: terminal), "  the same in both: " + joined(same)]
        lines += other.map { "  \($0.name): \(short($0.recorded)) then, \(short($0.repeated)) now" }
        return lines
    }

    /// Environments that are the same are counted.
    private func joined(_ names: [String]) -> String {
        let environments = names.count { $0.hasPrefix("environment of ") }
        let others = names.filter { !$0.hasPrefix("environment of ") }
        let words = environments == 0 ? [] : environments == 1 ? ["the packages of 1 step"] : ["the packages of \(environments) steps"]
        return (others + words).joined(separator: ", ")
    }

    private func short(_ text: String) -> String { text.utf8.count > 40 ? text.prefix(12) + "…" : text }

    // MARK: The verdict

    private func verdict(on terminal: Terminal) -> String {
        let artifacts = report.steps.flatMap(\.artifacts)
        let total = artifacts.count
        let differing = artifacts.filter { ["different", "missing", "new"].contains($0.result) }.count
        let equal = artifacts.filter { $0.result == "equal" }.count
        switch report.verdict {
        case .same:
            let how = equal == 0 ? "identical" : equal == total ? "equal by value" : "identical, \(equal) of them only by value"
            let subject = total == 1 ? "The artifact is" : "All \(total) artifacts are"
            return Style.green("SAME", on: terminal) + "  " + (total == 0 ? "Both runs made nothing." : "\(subject) \(how).")
        case .unclear:
            let count = artifacts.count { $0.result == "not comparable" }
            return Style.yellow("UNCLEAR", on: terminal) + "  \(count) of \(total) artifacts could not be compared; the others are the same."
        case .failed:
            return Style.boldRed("FAILED", on: terminal) + "  The new run failed, where the recorded one did not; what it printed stands above."
        case .different:
            let begin = beginnings
            let place = begin.isEmpty ? "" : " It begins in " + begin.joined(separator: ", ") + "."
            return Style.boldRed("DIFFERENT", on: terminal) + "  \(differing) of \(total) artifacts differ.\(place)"
        }
    }

    /// Steps with a difference that follows from no other one.
    private var beginnings: [String] {
        report.steps.compactMap { step in
            let own = step.artifacts.filter { artifact in
                !artifact.reasons.isEmpty && !artifact.reasons.contains { $0.kind == .input }
            }
            return own.isEmpty ? nil : "step \(step.name) (\(own.map(\.name).joined(separator: ", ")))"
        }
    }
}
