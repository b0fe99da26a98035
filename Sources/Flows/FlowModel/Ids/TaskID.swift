/// Names a task within its run. The scheduler counts; workers of a parallel step have ids derived from a count.
package struct TaskID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// The id at a place of the run's count.
    package init(number: Int) { self.init(String(number)) }

    /// The task that stores the run's parameters.
    package static let parameters = TaskID(number: 0)

    /// The place in the run's count, where the id is one.
    package var number: Int? { Int(text) }

    /// In order of the count; other ids follow, by text.
    package static func < (left: TaskID, right: TaskID) -> Bool {
        switch (left.number, right.number) {
        case let (a?, b?) where a != b: a < b
        case (_?, nil): true
        case (nil, _?): false
        default: left.text < right.text
        }
    }
}
