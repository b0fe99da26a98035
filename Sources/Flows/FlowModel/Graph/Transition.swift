/// Where a step goes when it is done, as its source says.
package enum Transition: Hashable, Sendable {
    case linear(StepName)
    /// All of them, side by side; they meet in one join.
    case split([StepName])
    /// Once for each item of the attribute `variable`.
    case foreach(StepName, variable: String)

    package var targets: [StepName] {
        switch self {
        case .linear(let step), .foreach(let step, _): [step]
        case .split(let steps): steps
        }
    }
}
