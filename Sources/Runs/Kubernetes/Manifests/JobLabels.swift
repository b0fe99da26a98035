import Clusters
import Digests
import FlowModel

/// Labels and annotations by which a group's objects are found: by this engine, by people, and by what else runs on the cluster.
enum JobLabels {
    static let manager = "app.kubernetes.io/managed-by"
    static let run = "penstock/run-key"
    static let group = "penstock/group"
    static let index = "penstock/index"
    /// The annotation with the whole key of the group.
    static let key = "penstock/group-key"

    /// Finds all objects of a run.
    static func selector(runKey: String) -> String { "\(manager)=penstock,\(run)=\(runKey)" }

    /// What every object of the group has.
    static func ofGroup(_ group: JobGroup) -> [String: String] {
        group.request.kubernetes.labels.merging([
            "app.kubernetes.io/name": "penstock-task", "app.kubernetes.io/part-of": "penstock", manager: "penstock",
            run: JobNames.runKey(group.key.run), Self.group: String(group.key.number), "penstock/flow": value(group.flow.text),
            "penstock/run": value(Self.lastPart(group.key.run)), "penstock/step": value(group.step.text),
            "penstock/user": value(group.username),
        ]) { _, own in own }
    }

    static func ofJob(_ index: Int, of group: JobGroup) -> [String: String] {
        let names = AttemptNames(group.attempts[index])
        return ofGroup(group).merging([
            Self.index: String(index), "penstock/task": value(names.task), "penstock/attempt": value(names.attempt),
        ]) { _, own in own }
    }

    /// What labels cannot say in full, and what tools for Metaflow's own tasks look for.
    static func annotations(ofGroup group: JobGroup) -> [String: String] {
        group.request.kubernetes.annotations.merging([
            key: group.key.description, "metaflow/flow_name": group.flow.text, "metaflow/run_id": lastPart(group.key.run),
            "metaflow/step_name": group.step.text, "metaflow/user": group.username,
        ]) { _, own in own }
    }

    static func annotations(ofJob index: Int, of group: JobGroup) -> [String: String] {
        let names = AttemptNames(group.attempts[index])
        return annotations(ofGroup: group).merging([
            "penstock/path": group.attempts[index], "metaflow/task_id": names.task, "metaflow/attempt": names.attempt,
        ]) { _, own in own }
    }

    /// The text as a label's value: what cannot stand in one becomes a hyphen, and a digest tells such texts apart.
    static func value(_ text: String) -> String {
        if KubernetesSyntax.isLabelValue(text) { return text }
        let spelled = text.utf8.prefix(50).map { byte in
            KubernetesSyntax.isLabelValue(String(UnicodeScalar(byte))) && byte < 0x80 ? byte : UInt8(ascii: "-")
        }
        let trimmed = spelled.drop { $0 == UInt8(ascii: "-") }
        let digest = SHA256Digest(hashing: text).hex.prefix(8)
        return trimmed.isEmpty ? String(digest) : "\(String(decoding: trimmed, as: UTF8.self))-\(digest)"
    }

    private static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// `step/task/attempt` of one attempt.
private struct AttemptNames {
    let task: String
    let attempt: String

    init(_ path: String) {
        let parts = path.split(separator: "/").map(String.init)
        task = parts.count > 1 ? parts[1] : ""
        attempt = parts.count > 2 ? parts[2] : ""
    }
}

extension ComputeRequest {
    /// What is asked of Kubernetes; nothing of it for a request that is another cluster's.
    var kubernetes: KubernetesOptions {
        if case .kubernetes(let options) = place { options } else { KubernetesOptions() }
    }
}
