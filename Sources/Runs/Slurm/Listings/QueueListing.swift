import Clusters

/// What `squeue` prints. Rows that cannot be read are of jobs of others, or were written by a wrapper of the site.
struct QueueListing {
    /// Every width is the one of the value, and `|` stands behind it; the name, in which people may write what they like, stands before
    /// the reason, which is a word of Slurm's.
    static let format = ["ArrayJobID", "ArrayTaskID", "State", "exit_code", "NodeList", "Name", "Reason"].map { $0 + ":|" }.joined(separator: ",")

    let jobs: [ListedJob]

    /// - Throws: `garbled` where there is text and no row in it.
    init(_ output: String) throws(ClusterError) {
        let lines = output.split(whereSeparator: \.isNewline)
        jobs = lines.compactMap(Self.job)
        if jobs.isEmpty, let line = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }), !lines.contains(where: Self.isRow) {
            throw ClusterError("slurm", .garbled, "cannot read what squeue printed", details: [String(line.prefix(200))])
        }
    }

    private static func isRow(_ line: Substring) -> Bool {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        return fields.count >= 8 && fields.last == "" && SlurmJobID.number(fields[0]) != nil
    }

    private static func job(_ line: Substring) -> ListedJob? {
        guard isRow(line) else { return nil }
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        guard let job = SlurmJobID.number(fields[0]), let exit = SlurmExit(fields[3]) else { return nil }
        var tasks: TaskRanges?
        if fields[1] != "N/A" {
            guard let ranges = TaskRanges(fields[1]) else { return nil }
            tasks = ranges
        }
        let name = fields[5..<(fields.count - 2)].joined(separator: "|")
        let state = SlurmState(fields[2], exit: exit, nodes: fields[4], reason: fields[fields.count - 2])
        let isHeld = fields[2] == "PENDING" && fields[fields.count - 2].hasPrefix("launch failed requeued held")
        return state.map { ListedJob(job: job, tasks: tasks, name: SlurmJobName(name[...]), state: $0.state, isHeld: isHeld) }
    }
}
