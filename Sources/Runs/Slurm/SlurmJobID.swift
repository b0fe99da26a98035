import Clusters

/// A job of a group: `1234` alone, `1234_5` in an array, `1234:2` as the third node of a gang, which is one job.
struct SlurmJobID: Hashable {
    enum Place: Hashable {
        case alone
        case array(Int)
        case node(Int)
    }

    /// Of the array as a whole, where it is one.
    let job: Int
    let place: Place

    init(_ job: Int, _ place: Place) {
        self.job = job
        self.place = place
    }

    /// `nil` for what is no id of this room.
    init?(_ id: JobID) {
        let text = id.text
        guard let mark = text.firstIndex(where: { $0 == "_" || $0 == ":" }) else {
            guard let job = Self.number(text[...]) else { return nil }
            self.init(job, .alone)
            return
        }
        guard let job = Self.number(text[..<mark]), let part = Self.number(text[text.index(after: mark)...]) else { return nil }
        self.init(job, text[mark] == "_" ? .array(part) : .node(part))
    }

    var id: JobID {
        switch place {
        case .alone: JobID("\(job)")
        case .array(let index): JobID("\(job)_\(index)")
        case .node(let index): JobID("\(job):\(index)")
        }
    }

    /// As Slurm's commands know it.
    var slurmText: String {
        if case .array(let index) = place { "\(job)_\(index)" } else { "\(job)" }
    }

    static func number(_ digits: Substring) -> Int? {
        let isNumber = (1...10).contains(digits.utf8.count) && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isNumber ? Int(digits) : nil
    }
}
