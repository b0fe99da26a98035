import Datastore
import Executors
import FlowModel
import Ledger
import SystemPackage
import WorkerProtocol

/// `@exit_hook`: functions of the flow file that are called when the run is over.
extension RunDriver {
    /// Calls them one after the other. Their failures are told, and change nothing.
    func callHooks(after ending: RunEnding) {
        let path = Pathspec(plan.key.flow, plan.key.run)
        for (number, function) in plan.graph.hooks(after: ending).enumerated() {
            let name = AttemptName(step: "_exit_hook", task: TaskID(number: number), attempt: 0)
            let request = ErrandRequest(
                .hook(function: function, successful: ending == .succeeded), flow: plan.key.flow.text, path: path,
                username: plan.username, namespace: plan.namespace, staging: store.location.staging.string,
                inlineLimit: plan.inlineLimit, datastoreRoot: store.location.root.string,
                configuration: plan.configuration)
            let errand = HostErrand(.errand(request), named: name, pool: pool, loop: loop, store: store)
            errand.onOutput = { [observer] stream, bytes, process in
                observer.attempt(name, process: process, .printed(stream, bytes))
            }
            observer.note("Calling the exit hook \(function).")
            if case .done(let result) = errand.run(), result.ok { continue }
            observer.note("The exit hook \(function) failed; the run is not affected.")
        }
    }
}

extension FlowGraph {
    /// The functions to call when a run has ended so.
    func hooks(after ending: RunEnding) -> [String] {
        switch ending {
        case .succeeded: decorators.exitHooks.flatMap(\.onSuccess)
        case .failed: decorators.exitHooks.flatMap(\.onError)
        case .stopped: []
        }
    }
}
