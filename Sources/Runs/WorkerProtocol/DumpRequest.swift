package import Digests

/// The assignment of kind `dump`: print the artifacts of tasks, or write them to a file
/// (docs/worker-protocol.md, "Dump").
package struct DumpRequest: Encodable, Sendable {
    package var type = "task"
    package var `protocol` = workerProtocolVersion
    package var kind = "dump"
    package var flow: String
    package var tasks: [DumpedTask]
    /// The largest value that is loaded, in bytes; 0 for names only, and no limit without one.
    package var maxValueSize: Int?
    /// Where to write a pickled dictionary instead of printing.
    package var file: String?
    /// Whether to print JSON.
    package var json = false
    /// Whether to tell on standard error which task comes next.
    package var headings = false

    package init(flow: String, tasks: [DumpedTask], maxValueSize: Int?, file: String?) {
        self.flow = flow
        self.tasks = tasks
        self.maxValueSize = maxValueSize
        self.file = file
    }

    private enum CodingKeys: String, CodingKey {
        case type, `protocol`, kind, flow, tasks, file, json, headings
        case maxValueSize = "max_value_size"
    }
}

/// A task whose artifacts are shown.
package struct DumpedTask: Encodable, Sendable {
    package struct Artifact: Encodable, Sendable {
        package var name: String
        package var digest: SHA256Digest
        package var size: Int64
        package var type: String

        package init(name: String, digest: SHA256Digest, size: Int64, type: String) {
            self.name = name
            self.digest = digest
            self.size = size
            self.type = type
        }
    }

    /// `run/step/task`
    package var path: String
    package var artifacts: [Artifact]

    package init(path: String, artifacts: [Artifact]) {
        self.path = path
        self.artifacts = artifacts
    }
}
