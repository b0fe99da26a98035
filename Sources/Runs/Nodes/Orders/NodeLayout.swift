package import FlowModel
package import ObjectStores

/// The names of the objects through which the engine of a run and its nodes talk. They are removed when the run is over:
///
///     attempts/<Flow>/<run>/<group>/orders                     what the jobs of a group are to do (`OrderBook`)
///     attempts/<Flow>/<run>/<group>/jobs                       the ids that the cluster gave them (JSON), after the submission
///     attempts/<Flow>/<run>/<group>/said/<index>.claim         which job does the attempt, where jobs share a group (`GroupShare`)
///     attempts/<Flow>/<run>/<group>/said/<index>.log.<number>  a piece of what a task has printed (`AttemptOutput`)
///     attempts/<Flow>/<run>/<group>/said/<index>.alive         put again and again by a job that runs, with another content each time
///     attempts/<Flow>/<run>/<group>/said/<index>.report        how the attempt ended (`AttemptReport`); written once
///
/// Groups and indices have six digits, pieces eight.
package struct NodeLayout: Sendable, Hashable {
    /// What is in `said/`.
    package enum Word: Hashable, Sendable {
        case log(index: Int, number: Int)
        case alive(index: Int)
        case report(index: Int)
        case claim(index: Int)
    }

    package let flow: FlowName
    package let run: RunID
    package let group: Int

    package init(flow: FlowName, run: RunID, group: Int) {
        self.flow = flow
        self.run = run
        self.group = group
    }

    /// The group whose orders have that name; `nil` for the name of anything else.
    package init?(orders key: ObjectKey) {
        let parts = key.text.split(separator: "/")
        guard parts.count == 5, parts[4] == "orders", let group = Self.group(named: key) else { return nil }
        self.init(flow: FlowName(String(parts[1])), run: RunID(String(parts[2])), group: group)
    }

    /// What the names of all objects of a run begin with.
    package static func prefix(flow: FlowName, run: RunID) -> String { "attempts/\(flow)/\(run)/" }

    /// What the names of the group's objects begin with.
    package var prefix: String { Self.prefix(flow: flow, run: run) + Self.digits(group, 6) + "/" }

    package var orders: ObjectKey { get throws(ObjectStoreError) { try ObjectKey(prefix + "orders") } }
    package var jobs: ObjectKey { get throws(ObjectStoreError) { try ObjectKey(prefix + "jobs") } }
    /// What the names of everything that the jobs say begin with.
    package var said: String { prefix + "said/" }

    package func key(of word: Word) throws(ObjectStoreError) -> ObjectKey {
        let name =
            switch word {
            case .log(let index, let number): Self.digits(index, 6) + ".log." + Self.digits(number, 8)
            case .alive(let index): Self.digits(index, 6) + ".alive"
            case .report(let index): Self.digits(index, 6) + ".report"
            case .claim(let index): Self.digits(index, 6) + ".claim"
            }
        return try ObjectKey(said + name)
    }

    /// What an object below `said/` is; `nil` for the name of anything else.
    package static func word(named key: ObjectKey) -> Word? {
        let parts = key.text.split(separator: "/").last?.split(separator: ".", omittingEmptySubsequences: false) ?? []
        guard parts.count >= 2, let index = number(parts[0], 6) else { return nil }
        switch (parts[1], parts.count) {
        case ("alive", 2): return .alive(index: index)
        case ("report", 2): return .report(index: index)
        case ("claim", 2): return .claim(index: index)
        case ("log", 3): return number(parts[2], 8).map { .log(index: index, number: $0) }
        default: return nil
        }
    }

    /// The number of a group in the name of one of its objects; `nil` for the name of anything else.
    package static func group(named key: ObjectKey) -> Int? {
        let parts = key.text.split(separator: "/")
        guard parts.count >= 5, parts[0] == "attempts" else { return nil }
        return number(parts[3], 6)
    }

    private static func number(_ digits: Substring, _ count: Int) -> Int? {
        guard digits.utf8.count == count, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(digits)
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
