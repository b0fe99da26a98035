/// Where a step goes when it is done, as its source says.
package enum Transition: Hashable, Sendable {
    case linear(StepName)
    /// All of them, side by side; they meet in one join.
    case split([StepName])
    /// Once for each item of the attribute `variable`.
    case foreach(StepName, variable: String)
    /// On as many nodes at a time as the running step says.
    case parallel(StepName)
    /// One of them: the one that `cases` has for the value of the attribute `condition`. The targets are in the order in
    /// which they are first named; one of them may be the step itself.
    case `switch`([StepName], condition: String, cases: [String: StepName])

    package var targets: [StepName] {
        switch self {
        case .linear(let step), .foreach(let step, _), .parallel(let step): [step]
        case .split(let steps), .switch(let steps, _, _): steps
        }
    }
}
