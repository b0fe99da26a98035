/// The name of a step: the name of its method.
package struct StepName: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// The pseudo-step of a run's first task, which stores parameters and constants.
    package static let parameters: StepName = "_parameters"
}
