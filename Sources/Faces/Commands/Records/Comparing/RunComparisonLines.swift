import CodePackage
import Datastore
import FlowModel
import Ledger

/// Two runs beside each other, for a person.
struct RunComparisonLines {
    private let comparison: RunComparison
    private let terminal: Terminal

    init(_ comparison: RunComparison, on terminal: Terminal) {
        self.comparison = comparison
        self.terminal = terminal
    }

    var lines: [String] {
        let sections: [(String, [String])] = [
            ("Code", code), ("Packages", packages), ("Parameters", values(comparison.parameters)),
            ("Configuration", values(comparison.configuration)), ("Environment variables", variables), ("Artifacts", artifacts),
        ]
        let same = sections.filter { $0.1.isEmpty }.map { $0.0.lowercased() }
        let different = sections.filter { !$0.1.isEmpty }.flatMap { title, lines in
            [Style.bold(title, on: terminal)] + lines.map { $0.isEmpty ? $0 : "  " + $0 } + [""]
        }
        return header + [""] + different + [Style.bold("Time", on: terminal)] + times.map { "  " + $0 }
            + (same.isEmpty ? [] : ["", "The same: " + same.joined(separator: ", ") + "."])
    }

    private var header: [String] {
        var table = TextTable("", "RUN", "STATUS", "STARTED", "USER", "ENGINE", "COMMIT")
        for (name, side) in [("before", comparison.first), ("after", comparison.second)] {
            table.add(
                .init(name, .dim), .init(side.path, .bold), .init(side.run.state.rawValue, side.run.state.style),
                .init(LocalTime(side.run.createdAt.seconds).toTheSecond), .init(side.run.username), .init(side.code?.engine ?? ""),
                .init(side.code?.commit.map { $0.split(separator: " ", maxSplits: 1).enumerated()
                    .map { $0.offset == 0 ? String($0.element.prefix(10)) : String($0.element) }.joined(separator: " ") } ?? ""))
        }
        return table.lines(on: terminal)
    }

    private var code: [String] {
        guard let difference = comparison.code else {
            let missing = [comparison.first, comparison.second].filter { $0.code == nil }.map(\.path)
            return ["\(missing.joined(separator: " and ")) \(missing.count == 1 ? "keeps" : "keep") no code."]
        }
        return CodeDifferenceLines(difference, on: terminal).lines
    }

    private var packages: [String] {
        comparison.environments.filter { !($0.comparison?.isSame ?? false) }.flatMap { environment -> [String] in
            guard let comparison = environment.comparison else {
                let side = environment.onlyBefore ? self.comparison.first : self.comparison.second
                return ["\(environment.step): only \(side.path) has an environment for it."]
            }
            return ["\(environment.step):"] + comparison.lines(on: terminal).map { "  " + $0 }
        }
    }

    private func values(_ changes: [RunComparison.ValueChange]) -> [String] {
        if changes.isEmpty { return [] }
        var table = TextTable("NAME", "BEFORE", "AFTER")
        for change in changes {
            table.add(
                .init(change.name, .bold), .init(change.before ?? "none", change.before == nil ? .dim : nil),
                .init(change.after ?? "none", change.after == nil ? .dim : nil))
        }
        return table.lines(on: terminal)
    }

    private var variables: [String] {
        comparison.variables.map { change in
            let what = change.before == nil ? "only after" : change.after == nil ? "only before" : "has another value"
            return "\(change.step ?? "")  \(Style.bold(change.name, on: terminal))  \(what)"
        }
    }

    private var artifacts: [String] {
        if comparison.artifacts.isEmpty { return [] }
        var table = TextTable("STEP", "NAME", "BEFORE", "AFTER", "TASKS")
        for change in comparison.artifacts {
            var words: [String] = []
            if change.different > 0, change.tasks > 1 { words.append("\(change.different) of \(change.tasks) differ") }
            if change.onlyBefore > 0 { words.append("only before in \(change.onlyBefore)") }
            if change.onlyAfter > 0 { words.append("only after in \(change.onlyAfter)") }
            table.add(
                .init(change.step), .init(change.name, .bold), .init(change.before ?? ""), .init(change.after ?? ""),
                .init(words.joined(separator: ", ")))
        }
        return table.lines(on: terminal)
    }

    private var times: [String] {
        var table = TextTable("STEP", ">TASKS", ">BEFORE", ">TASKS", ">AFTER")
        func text(_ seconds: Double?) -> String { seconds.map { "\(DurationText(.milliseconds(Int64($0 * 1000))))" } ?? "" }
        for time in comparison.times {
            table.add(
                .init(time.step), .init(time.tasksBefore.map(String.init) ?? ""), .init(text(time.before)),
                .init(time.tasksAfter.map(String.init) ?? ""), .init(text(time.after)))
        }
        table.add(
            .init("the whole run", .dim), "", .init(text(comparison.first.run.time?.seconds)), "",
            .init(text(comparison.second.run.time?.seconds)))
        return table.lines(on: terminal)
    }
}

/// A difference of code on a terminal: as `patch` reads it, with colours where they are shown.
struct CodeDifferenceLines {
    let lines: [String]

    init(_ difference: PackageDifference, on terminal: Terminal) {
        lines = difference.lines.map { line in
            switch line.utf8.first {
            case UInt8(ascii: "+"): Style.green(line, on: terminal)
            case UInt8(ascii: "-"): Style.red(line, on: terminal)
            case UInt8(ascii: "@"): Style.cyan(line, on: terminal)
            default: line
            }
        }
    }
}
