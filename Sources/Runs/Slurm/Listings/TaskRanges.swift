/// Tasks of a job array as Slurm writes them: `3`, `0-9,11`, `0-8:2`, with `%4` behind it where no more may run at a time.
struct TaskRanges: Hashable, CustomStringConvertible {
    /// In the order they are written in; `stride` at least 1.
    private(set) var parts: [(range: ClosedRange<Int>, stride: Int)] = []

    static func == (one: TaskRanges, other: TaskRanges) -> Bool { one.description == other.description }
    func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// `nil` for anything else.
    init?(_ text: Substring) {
        let list = text.prefix { $0 != "%" }
        for piece in list.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = piece.split(separator: ":", omittingEmptySubsequences: false)
            let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false).map(SlurmJobID.number)
            let stride = halves.count == 2 ? SlurmJobID.number(halves[1]) : 1
            guard halves.count <= 2, let stride, stride > 0, (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
                first <= last
            else { return nil }
            parts.append((first...last, stride))
        }
        if parts.isEmpty { return nil }
    }

    /// - Parameter indices: in any order.
    init(_ indices: some Sequence<Int>) {
        for index in Set(indices).sorted() {
            if let last = parts.last, last.range.upperBound == index - 1 {
                parts[parts.count - 1].range = last.range.lowerBound...index
            } else {
                parts.append((index...index, 1))
            }
        }
    }

    func contains(_ index: Int) -> Bool {
        parts.contains { $0.range.contains(index) && (index - $0.range.lowerBound) % $0.stride == 0 }
    }

    /// The tasks below a limit, in order of the text.
    func indices(below limit: Int) -> [Int] {
        parts.flatMap { part in Array(stride(from: part.range.lowerBound, through: min(part.range.upperBound, limit - 1), by: part.stride)) }
    }

    var description: String {
        parts.map { part in
            let range = part.range
            let ends = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
            return part.stride == 1 ? ends : "\(ends):\(part.stride)"
        }.joined(separator: ",")
    }
}
