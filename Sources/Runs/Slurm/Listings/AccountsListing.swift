import Clusters

/// What `sacct` prints of whole jobs (`-X`), with `|` between.
struct AccountsListing {
    static let format = "JobID,State,ExitCode,NodeList,JobName"

    let jobs: [ListedJob]

    /// - Throws: `garbled` where there is text and no row in it.
    init(_ output: String) throws(ClusterError) {
        let lines = output.split(whereSeparator: \.isNewline)
        jobs = lines.compactMap(Self.job)
        if jobs.isEmpty, let line = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }), !lines.contains(where: Self.isRow) {
            throw ClusterError("slurm", .garbled, "cannot read what sacct printed", details: [String(line.prefix(200))])
        }
    }

    private static func isRow(_ line: Substring) -> Bool {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        return fields.count >= 5 && fields[0].first?.isNumber == true
    }

    private static func job(_ line: Substring) -> ListedJob? {
        guard isRow(line) else { return nil }
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        guard let (job, tasks) = id(fields[0]), let exit = SlurmExit(fields[2]) else { return nil }
        let name = fields[4...].joined(separator: "|")
        let state = SlurmState(fields[1], exit: exit, nodes: fields[3], reason: "")
        return state.map { ListedJob(job: job, tasks: tasks, name: SlurmJobName(name[...]), state: $0.state) }
    }

    /// `1234`, `1234_5`, `1234_[5-9]`.
    private static func id(_ text: Substring) -> (job: Int, tasks: TaskRanges?)? {
        guard let mark = text.firstIndex(of: "_") else { return SlurmJobID.number(text).map { ($0, nil) } }
        var part = text[text.index(after: mark)...]
        if part.hasPrefix("["), part.hasSuffix("]") { part = part.dropFirst().dropLast() }
        guard let job = SlurmJobID.number(text[..<mark]), let tasks = TaskRanges(part) else { return nil }
        return (job, tasks)
    }
}
