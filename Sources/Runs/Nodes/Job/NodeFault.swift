import Clusters
package import Diagnostics
package import Digests
package import ObjectStores

/// Why a job on a node cannot do its task.
package enum NodeFault: DiagnosticError {
    /// The node's cache cannot be used.
    case cache(path: String, reason: String)
    /// The datastore cannot be read or written.
    case datastore(ObjectStoreError)
    /// The folder of the datastore is not there.
    case notMounted(String)
    case orders(OrderFault)
    /// The datastore does not have a blob that the order names.
    case lost(SHA256Digest, store: String)
    /// What came has another digest.
    case damaged(SHA256Digest, store: String)
    /// A task wants bytes that are not among its inputs.
    case unknownBlob(SHA256Digest)
    case noFlow(script: String)
    case noPython(wanted: String, reason: String)

    /// As the job ends when it cannot even say so in a report.
    package var exitCode: Int32 {
        switch self {
        case .cache: NodeExit.noCache
        case .datastore, .notMounted, .orders, .lost, .damaged: NodeExit.noDatastore
        case .unknownBlob, .noFlow, .noPython: 1
        }
    }

    package var diagnostic: Diagnostic {
        switch self {
        case .cache(let path, let reason):
            Diagnostic(
                .infrastructure, "the node's cache \(path) cannot be used: \(reason)",
                help: "set PENSTOCK_NODE_CACHE to a folder of your own")
        case .datastore(let error): error.diagnostic
        case .notMounted(let path): Diagnostic(.infrastructure, "the datastore \(path) is not mounted on this node")
        case .orders(let fault): fault.diagnostic
        case .lost(let digest, let store): Diagnostic(.infrastructure, "\(store) does not have the blob \(digest)")
        case .damaged(let digest, let store):
            Diagnostic(.infrastructure, "\(store) is damaged: the blob \(digest) does not have its digest")
        case .unknownBlob(let digest): Diagnostic(.bug, "a task asked for the blob \(digest), which is none of its inputs")
        case .noFlow(let script): Diagnostic(.infrastructure, "the code package has no \(script)")
        case .noPython(let wanted, let reason):
            Diagnostic(
                .infrastructure, "the node has no Python for the step (\(wanted)): \(reason)",
                help: "use an image or a node with one, or give the step an environment")
        }
    }
}
