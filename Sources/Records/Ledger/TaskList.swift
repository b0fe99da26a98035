import FlowModel
import FoundationEssentials

/// A list of task ids as one text: `3-10002,10004` for counts, since a join of a wide foreach has its inputs in
/// one stretch; a JSON array where one is no count.
enum TaskList {
    static func text(_ tasks: [TaskID]) -> String {
        var stretches: [ClosedRange<Int>] = []
        for task in tasks {
            guard let count = task.number, count >= 0, String(count) == task.text else { return json(tasks) }
            if let last = stretches.last, last.upperBound + 1 == count {
                stretches[stretches.count - 1] = last.lowerBound...count
            } else {
                stretches.append(count...count)
            }
        }
        return stretches.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// `nil` when this is no such text.
    static func tasks(_ text: String) -> [TaskID]? {
        if text.hasPrefix("[") {
            return (try? JSONDecoder().decode([String].self, from: Data(text.utf8)))?.map { TaskID($0) }
        }
        var tasks: [TaskID] = []
        for stretch in text.split(separator: ",") {
            let ends = stretch.split(separator: "-", maxSplits: 1).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else { return nil }
            tasks += (first...last).map { TaskID(number: $0) }
        }
        return tasks
    }

    private static func json(_ tasks: [TaskID]) -> String {
        let data = (try? JSONEncoder().encode(tasks.map(\.text))) ?? Data("[]".utf8)
        return String(decoding: data, as: UTF8.self)
    }
}
