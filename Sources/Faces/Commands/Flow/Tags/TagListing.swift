import Ledger

/// Tags of runs as text. With `--quiet` it goes to standard error, in lines that programs can take apart.
struct TagListing {
    private struct Group {
        /// Pathspecs, separated by commas; or a tag.
        var name: String
        var userTags: Set<String>
        var systemTags: Set<String>
    }

    /// How wide a listing may be.
    private static let width = 120
    private let runs: [RunRecord]
    private let hidesSystemTags: Bool

    init(_ runs: [RunRecord], hidesSystemTags: Bool) {
        self.runs = runs
        self.hidesSystemTags = hidesSystemTags
    }

    /// All tags together.
    func show(in session: FlowSession) {
        show([group(runs)], in: session)
    }

    /// The tags of each run.
    func showByRun(in session: FlowSession) {
        show(runs.map { group([$0]) }.sorted { $0.name < $1.name }, in: session)
    }

    /// A tag a line, and nothing else.
    func showFlat(in session: FlowSession) {
        let all = group(runs)
        for tag in all.systemTags.union(all.userTags).sorted() { session.error.writeLine(tag) }
    }

    /// For each tag the runs that have it.
    func showByTag(in session: FlowSession) {
        let all = group(runs)
        if !session.options.quiet { heading.forEach(session.output.writeLine) }
        for tag in all.userTags.union(all.systemTags).sorted() {
            let isSystem = !all.userTags.contains(tag)
            let paths = runs.filter { $0.userTags.contains(tag) || $0.systemTags.contains(tag) }.map(\.pathText)
            if session.options.quiet {
                session.error.writeLine("\(isSystem ? "system" : "user"):\(tag) ; \(paths.joined(separator: ","))")
                continue
            }
            session.output.writeLine("For tag \(isSystem ? tag : Style.bold(tag, on: session.output))")
            columns(paths.sorted(), highlighted: [], on: session.output).forEach(session.output.writeLine)
            session.output.writeLine("")
        }
    }

    private func group(_ runs: [RunRecord]) -> Group {
        let userTags = Set(runs.flatMap(\.userTags))
        let systemTags = hidesSystemTags ? [] : Set(runs.flatMap(\.systemTags))
        return Group(name: runs.map(\.pathText).joined(separator: ","), userTags: userTags, systemTags: systemTags)
    }

    private func show(_ groups: [Group], in session: FlowSession) {
        guard !session.options.quiet else {
            for group in groups {
                let parts = [group.systemTags.sorted(), group.userTags.sorted()].map { $0.joined(separator: ",") }
                session.error.writeLine(([group.name] + parts).joined(separator: " ; "))
            }
            return
        }
        heading.forEach(session.output.writeLine)
        for group in groups {
            if groups.count > 1 { session.output.writeLine("For run \(group.name)") }
            let tags = group.userTags.union(group.systemTags).sorted()
            columns(tags, highlighted: group.userTags, on: session.output).forEach(session.output.writeLine)
            session.output.writeLine("")
        }
    }

    private var heading: [String] {
        ["", "System tags and tags of your own; only your own can be changed", String(repeating: "-", count: 62), ""]
    }

    /// Texts in as many columns as fit, one column after the other.
    private func columns(_ texts: [String], highlighted: Set<String>, on terminal: Terminal) -> [String] {
        guard let widest = texts.map({ TextWidth($0).columns }).max() else { return [] }
        let columns = max(1, (Self.width + 4) / (widest + 4))
        let rows = (texts.count + columns - 1) / columns
        return (0..<rows).map { row in
            stride(from: row, to: texts.count, by: rows).map { place in
                let text = texts[place]
                let room = place + rows < texts.count ? String(repeating: " ", count: widest - TextWidth(text).columns) : ""
                return (highlighted.contains(text) ? Style.bold(text, on: terminal) : text) + room
            }.joined(separator: "    ")
        }
    }
}

extension RunRecord {
    /// `Flow/run`
    var pathText: String { "\(key.flow)/\(key.run)" }
}
