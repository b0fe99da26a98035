package import FlowModel

/// What a task's `self.next` said when it ran. Nothing at all is `nil`.
package struct TransitionTaken: Hashable, Sendable, Codable {
    package let targets: [StepName]
    /// The variable of a foreach.
    package let foreach: String?
    /// The number of items of a foreach.
    package let splits: Int?
    /// The items of a foreach as short texts.
    package let values: [String]?

    package init(targets: [StepName], foreach: String? = nil, splits: Int? = nil, values: [String]? = nil) {
        self.targets = targets
        self.foreach = foreach
        self.splits = splits
        self.values = values
    }
}

extension TransitionTaken: CustomStringConvertible {
    /// As the person would write it.
    package var description: String {
        let steps = targets.map { "self.\($0)" }
        let arguments = steps + (foreach.map { ["foreach='\($0)'"] } ?? [])
        return "self.next(\(arguments.joined(separator: ", ")))"
    }

    init(_ transition: Transition) {
        if case .foreach(let step, let variable) = transition {
            self.init(targets: [step], foreach: variable)
        } else {
            self.init(targets: transition.targets)
        }
    }
}
