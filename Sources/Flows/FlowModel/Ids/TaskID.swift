/// Names a task within its run. The scheduler counts; tasks that come to be beside a counted one, the *control task* of a
/// parallel step or of an unbounded foreach, have its number and one of their own.
package struct TaskID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// The id at a place of the run's count.
    package init(number: Int) { self.init(String(number)) }

    /// The mapper of an unbounded foreach at an index, from 0, beside the control task with this number.
    package init(mapper index: Int, of control: Int) { self.init("\(control)-\(index)") }

    /// The node of a parallel step at an index, from 1, beside the control task with this number, which is node 0.
    package init(node index: Int, of control: Int) { self.init("\(control)_node_\(index)") }

    /// The task that stores the run's parameters.
    package static let parameters = TaskID(number: 0)

    /// The place in the run's count, where the id is one.
    package var number: Int? { Int(text) }

    /// In order of the count, each counted task before those beside it; other ids follow, by text.
    package static func < (left: TaskID, right: TaskID) -> Bool {
        switch (left.order, right.order) {
        case let (a?, b?) where a != b: a < b
        case (_?, nil): true
        case (nil, _?): false
        default: left.text < right.text
        }
    }

    /// The number and the index beside it, -1 for the counted task itself.
    private var order: (number: Int, index: Int)? {
        let head = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(head) else { return nil }
        var rest = text[head.endIndex...]
        if rest.isEmpty { return (number, -1) }
        for mark in ["-", "_node_"] where rest.hasPrefix(mark) {
            rest = rest.dropFirst(mark.count)
            return Int(rest).map { (number, $0) }
        }
        return nil
    }
}
