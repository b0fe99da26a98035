package import FlowModel

/// What a task's `self.next` said when it ran. Nothing at all is `nil`.
package struct TransitionTaken: Hashable, Sendable, Codable {
    package let targets: [StepName]
    /// The variable of a foreach.
    package let foreach: String?
    /// The number of items of a foreach; nothing when it is unbounded.
    package let splits: Int?
    /// The items of a foreach as short texts.
    package let values: [String]?
    /// Whether only the foreach's control task finds out how many items there are.
    package let unbounded: Bool
    /// The number of nodes of a parallel step.
    package let parallel: Int?
    /// The variable of a switch, whose one target is the one that was chosen.
    package let condition: String?

    package init(
        targets: [StepName], foreach: String? = nil, splits: Int? = nil, values: [String]? = nil,
        unbounded: Bool = false, parallel: Int? = nil, condition: String? = nil
    ) {
        self.targets = targets
        self.foreach = foreach
        self.splits = splits
        self.values = values
        self.unbounded = unbounded
        self.parallel = parallel
        self.condition = condition
    }

    /// Whether the task went where its source says. A switch goes to one of its targets. A foreach may go over another
    /// variable than the source names: a decorator around the step can choose one.
    package func follows(_ transition: Transition?) -> Bool {
        switch transition {
        case nil: false
        case .linear, .split: targets == transition?.targets && foreach == nil && parallel == nil && condition == nil
        case .foreach(let step, _): targets == [step] && foreach != nil && parallel == nil
        case .parallel(let step): targets == [step] && parallel != nil
        case .switch(let steps, let variable, _):
            targets.count == 1 && steps.contains(targets[0]) && foreach == nil && parallel == nil
                && (condition ?? variable) == variable
        }
    }
}

extension TransitionTaken: CustomStringConvertible {
    /// As the person would write it.
    package var description: String {
        var arguments = targets.map { "self.\($0)" }
        if let parallel {
            arguments.append("num_parallel=\(parallel)")
        } else if let foreach {
            arguments.append("foreach='\(foreach)'")
        }
        if let condition { arguments.append("condition='\(condition)'") }
        return "self.next(\(arguments.joined(separator: ", ")))"
    }
}

extension Transition {
    /// As it stands in the source, more or less.
    var text: String {
        switch self {
        case .linear, .split: TransitionTaken(targets: targets).description
        case .foreach(let step, let variable): TransitionTaken(targets: [step], foreach: variable).description
        case .parallel(let step): "self.next(self.\(step), num_parallel=...)"
        case .switch(let steps, let variable, _):
            "self.next({" + steps.map { "...: self.\($0)" }.joined(separator: ", ") + "}, condition='\(variable)')"
        }
    }
}
