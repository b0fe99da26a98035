import Diagnostics
import FlowModel

/// The platform of the nodes that steps with an environment run on.
///
/// Environments of a run are made on the machine where it starts, and nodes make them again from the same packages: both must be of
/// one platform. Steps without an environment may run anywhere where an engine is for (`PENSTOCK_ENGINES`).
enum ClusterPlatform {
    /// Platforms by the names that conda has for them.
    private static let names = ["linux-64": "linux-x86_64", "linux-aarch64": "linux-aarch64"]

    /// - Throws: `ClusterPlatformError` for a step that would find packages of another platform.
    static func check(_ node: GraphNode, for request: ComputeRequest, _ choices: OptionChoices) throws(ClusterPlatformError) {
        guard node.decorators.isIsolated else { return }
        let own = EngineSnapshot.platform
        var wanted = own.hasPrefix("linux-") ? own : "linux-x86_64"
        if case .kubernetes = request.place, let name = choices.text("KUBERNETES_CONDA_ARCH") {
            guard let platform = names[name] else { throw ClusterPlatformError(step: node.name, problem: .unknown(name)) }
            wanted = platform
        }
        guard wanted == own else { throw ClusterPlatformError(step: node.name, problem: .another(wanted, own: own)) }
    }
}

/// A step whose environment would not suit the nodes of its cluster.
struct ClusterPlatformError: DiagnosticError {
    enum Problem {
        case unknown(String)
        case another(String, own: String)
    }

    let step: StepName
    let problem: Problem

    var diagnostic: Diagnostic {
        switch problem {
        case .unknown(let name):
            Diagnostic(
                .user, "METAFLOW_KUBERNETES_CONDA_ARCH is '\(name)', which is no platform of nodes",
                help: "use linux-64 or linux-aarch64, or leave it out")
        case .another(let wanted, let own):
            Diagnostic(
                .user, "step '\(step)' has an environment for \(own), this machine's platform, and its nodes are of \(wanted)",
                details: ["nothing was run"],
                help: "start the run on a machine of that platform, or let the image bring the step's packages: @pypi(disabled=True)")
        }
    }
}
