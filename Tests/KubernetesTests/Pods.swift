import Clusters
import FlowModel
import Foundation

/// Pods as clusters have them.
enum Pods {
    /// - Parameters:
    ///   - status: members of the status besides the phase, as JSON.
    ///   - metadata: members besides name and labels, as JSON.
    static func pod(
        of id: JobID, phase: String, status: String = "{}", metadata: String = "{}", spec: String = "{}", suffix: String = "x1y2z"
    ) -> JSONValue {
        let parts = id.text.split(separator: "/").map(String.init)
        let job = parts[1]
        var labels: [String: JSONValue] = ["job-name": .string(job), "batch.kubernetes.io/job-name": .string(job)]
        var annotations: [String: JSONValue] = [:]
        if parts.count > 2 {
            annotations["batch.kubernetes.io/job-completion-index"] = .string(parts[2])
        } else {
            labels["penstock/index"] = .string(String(job.split(separator: "-").last ?? ""))
        }
        var meta = members(metadata)
        meta["name"] = .string("\(job)-\(parts.count > 2 ? parts[2] + "-" : "")\(suffix)")
        meta["labels"] = .object(labels)
        meta["annotations"] = .object(annotations)
        var state = members(status)
        state["phase"] = .string(phase)
        var pod = members(spec)
        pod["containers"] = .array([.object(["name": .string("task"), "image": .string("registry.example/base:1")])])
        return .object(["metadata": .object(meta), "status": .object(state), "spec": .object(pod)])
    }

    private static func members(_ json: String) -> [String: JSONValue] {
        guard case .object(let members)? = try? JSONValue(json: json) else { preconditionFailure("a row of a test is not JSON: \(json)") }
        return members
    }
}
