internal import PythonPackaging

/// What markers can tell of a target without tying a lock to one machine.
struct TargetFacts: Hashable, Sendable {
    let system: String
    let python: String
    let machine: String
    let implementation: String

    init(_ target: PythonTarget) {
        let facts = target.markerEnvironment
        system = facts.sysPlatform
        python = facts.pythonVersion
        machine = facts.platformMachine
        implementation = facts.implementationName
    }

    /// What another tool has to check before it uses a lock for such a target.
    var marker: String {
        "implementation_name == '\(implementation)' and platform_machine == '\(machine)'"
            + " and python_version == '\(python)' and sys_platform == '\(system)'"
    }
}
