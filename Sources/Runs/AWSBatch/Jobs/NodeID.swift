import Clusters

/// The id of a job, or of one node of a job with several: `UUID#3`.
struct NodeID: Hashable, Sendable {
    let job: String
    let node: Int?

    init(job: String, node: Int? = nil) {
        self.job = job
        self.node = node
    }

    init(_ id: JobID) {
        let parts = id.text.split(separator: "#", maxSplits: 1)
        job = parts.first.map(String.init) ?? id.text
        node = parts.count == 2 ? Int(parts[1]) : nil
    }

    var text: String { node.map { "\(job)#\($0)" } ?? job }
    var id: JobID { JobID(text) }
}
