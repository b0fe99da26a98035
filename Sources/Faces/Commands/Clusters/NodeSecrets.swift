import FlowModel
import FoundationEssentials
import WorkerProtocol

/// Values of `@secrets` that stand in the flow itself, on their way to nodes: they go as a variable, by the cluster's own means, and
/// not in the orders, which the datastore keeps while the run goes on.
struct NodeSecrets {
    /// Read and removed by the worker (`penstock/_secrets.py`).
    static let variable = "PENSTOCK_SECRETS"

    private let values: [String: [JSONValue]]

    init(_ secrets: [StepName: DecoratorSettings.Secrets]) {
        let all = secrets.map { ($0.key.text, $0.value.values) }.filter { $0.1.contains { $0 != .null } }
        values = Dictionary(all) { first, _ in first }
    }

    /// JSON: for each step that has such values, a list of the options of its sources, null for those without. Nothing where there are
    /// none.
    var text: String? {
        guard !values.isEmpty else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(values)).map { String(decoding: $0, as: UTF8.self) }
    }
}
