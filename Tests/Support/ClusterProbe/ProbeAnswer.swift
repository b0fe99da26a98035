import Clusters

/// One line of what the probe writes.
struct ProbeAnswer: Encodable {
    struct State: Encodable {
        var id: String
        /// `pending`, `running`, `unknown`, or how it ended: `completed`, `exited`, `signalled`, `outOfMemory`, ….
        var state: String
        var code: Int32?
        var node: String?
        /// Why it waits, or the cluster's words about its end.
        var text: String?
        /// Of a job that was found.
        var group: String?
        var index: Int?

        init(_ id: JobID, _ state: JobState) {
            self.id = id.text
            switch state {
            case .pending(let reason): (self.state, text) = ("pending", reason)
            case .running(let node): (self.state, self.node) = ("running", node)
            case .unknown: self.state = "unknown"
            case .ended(let ending):
                (node, text) = (ending.node, ending.message)
                switch ending.cause {
                case .exited(let code): (self.state, self.code) = ("exited", code)
                case .signalled(let number): (self.state, self.code) = ("signalled", number)
                default: self.state = "\(ending.cause)"
                }
            }
        }

        init(_ found: FoundJob) {
            self.init(found.id, found.state)
            group = "\(found.group)"
            index = found.index
        }
    }

    struct Failure: Encodable {
        var fault: String
        var message: String
        var details: [String]
        var help: String?
    }

    var ids: [String]?
    var states: [State]?
    var lines: [String]?
    var limit: Int?
    var calls: [String: Int]?
    var error: Failure?
}
