/// A decorator that flows may use.
struct DecoratorSignature {
    enum Place { case step, flow }

    let name: String
    let place: Place
    let attributes: [String]
    /// Whether it may stand there several times.
    var isRepeatable = false

    init(_ name: String, _ place: Place, _ attributes: String, isRepeatable: Bool = false) {
        self.name = name
        self.place = place
        self.attributes = attributes.split(separator: " ").map(String.init)
        self.isRepeatable = isRepeatable
    }
}

/// The decorators that Penstock knows by name. Others are Python's own: a host that has been configured marks them.
package enum DecoratorCatalogue {
    private static let packages = "packages python disabled"
    private static let conda = " libraries channels prefer"
    private static let named = "name fetch_at_exec disabled"
    private static let project = "extras groups default_groups python disabled"
    private static let known = [
        DecoratorSignature("retry", .step, "times minutes_between_retries"),
        DecoratorSignature("catch", .step, "var print_exception"),
        DecoratorSignature("timeout", .step, "seconds minutes hours"),
        DecoratorSignature("environment", .step, "vars"),
        DecoratorSignature("resources", .step, "cpu gpu disk memory shared_memory"),
        DecoratorSignature("secrets", .step, "sources role allow_override"),
        DecoratorSignature(
            "card", .step, "type id options timeout save_errors customize refresh_interval rank scope",
            isRepeatable: true),
        DecoratorSignature("parallel", .step, ""),
        DecoratorSignature("pytorch_parallel", .step, "master_port"),
        DecoratorSignature("unbounded_test_foreach_internal", .step, ""),
        DecoratorSignature("pypi", .step, packages),
        DecoratorSignature("conda", .step, packages + conda),
        DecoratorSignature("uv", .step, project),
        DecoratorSignature("named_env", .step, named),
        DecoratorSignature("slurm", .step, "cpu gpu memory disk executable " + SlurmOptions.attributes),
        DecoratorSignature("batch", .step, "cpu gpu memory shared_memory image executable " + BatchOptions.attributes),
        DecoratorSignature("kubernetes", .step, "cpu gpu memory disk shared_memory image executable " + KubernetesOptions.attributes),
        DecoratorSignature("pypi_base", .flow, packages),
        DecoratorSignature("conda_base", .flow, packages + conda),
        DecoratorSignature("uv_base", .flow, project),
        DecoratorSignature("named_env_base", .flow, named),
        DecoratorSignature("project", .flow, "name branch production"),
        DecoratorSignature("exit_hook", .flow, "on_success on_error options", isRepeatable: true),
        DecoratorSignature("package_data", .flow, "files", isRepeatable: true),
        DecoratorSignature("schedule", .flow, "daily hourly weekly cron timezone"),
        DecoratorSignature("trigger", .flow, "event events options"),
        DecoratorSignature("trigger_on_finish", .flow, "flow flows options"),
    ]

    private static let signatures = Dictionary(known.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The decorators whose step runs on several nodes at a time.
    static let parallel: Set<String> = ["parallel", "pytorch_parallel"]

    /// Whether the engine itself can add a decorator to steps; any other is Python's own, if it is one.
    package static func isBuiltIn(_ name: String) -> Bool { signatures[name] != nil }

    static func signature(of name: String) -> DecoratorSignature? { signatures[name] }

    /// The names that work, in order, those for tests left out.
    static func supportedNames(at place: DecoratorSignature.Place) -> [String] {
        known.filter { $0.place == place && !$0.name.contains("internal") }.map(\.name).sorted()
    }
}
