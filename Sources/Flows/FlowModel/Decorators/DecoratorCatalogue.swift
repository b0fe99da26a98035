/// A decorator that flows may use.
struct DecoratorSignature {
    enum Place { case step, flow }
    enum Support {
        /// Done in full.
        case full
        /// Accepted; there is nothing to do on the person's own machine.
        case noEffect
        /// Known, and refused by this version.
        case later
    }

    let name: String
    let place: Place
    let support: Support
    /// Empty for those that are refused anyway.
    let attributes: [String]
}

/// The decorators that Penstock knows by name.
enum DecoratorCatalogue {
    private static let packages = ["packages", "python", "disabled"]

    private static let supported = [
        DecoratorSignature(
            name: "retry", place: .step, support: .full, attributes: ["times", "minutes_between_retries"]),
        DecoratorSignature(name: "environment", place: .step, support: .full, attributes: ["vars"]),
        DecoratorSignature(name: "pypi", place: .step, support: .full, attributes: packages),
        DecoratorSignature(name: "pypi_base", place: .flow, support: .full, attributes: packages),
        DecoratorSignature(
            name: "resources", place: .step, support: .noEffect,
            attributes: ["cpu", "gpu", "disk", "memory", "shared_memory"]),
    ]

    private static let laterOnSteps = [
        "catch", "timeout", "secrets", "card", "parallel", "conda", "batch", "kubernetes", "pytorch_parallel",
    ]
    private static let laterOnFlows = [
        "project", "exit_hook", "schedule", "trigger", "trigger_on_finish", "conda_base",
    ]

    private static let signatures: [String: DecoratorSignature] = {
        let later =
            laterOnSteps.map { DecoratorSignature(name: $0, place: .step, support: .later, attributes: []) }
            + laterOnFlows.map { DecoratorSignature(name: $0, place: .flow, support: .later, attributes: []) }
        return Dictionary((supported + later).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }()

    static func signature(of name: String) -> DecoratorSignature? { signatures[name] }

    /// The names that work, in order.
    static func supportedNames(at place: DecoratorSignature.Place) -> [String] {
        supported.filter { $0.place == place }.map(\.name).sorted()
    }
}
