import Clusters
import Digests
import FlowModel

/// What jobs of a step have in common, as Batch keeps it: image, roles, disks, and the part of the program that is alike in all runs.
///
/// Its name is made from its content: the same content is registered once for all runs of all people.
struct JobDefinition: Sendable {
    let name: String
    /// All of it but the name.
    let content: [String: JSONValue]

    /// - Parameter nodes: of a gang; `nil` for jobs by themselves.
    init(
        image: String, program: NodeProgram, memory: Int64, sharedMemory: Int64?, options: BatchOptions, platform: JobPlatform, nodes: Int?
    ) {
        let container = Container(options: options, platform: platform, isOneOfMany: (nodes ?? 1) > 1).properties(
            image: image, command: JobScript(program, isGang: nodes != nil).command, memory: memory, sharedMemory: sharedMemory)
        var content: [String: JSONValue] = ["propagateTags": .bool(true)]
        if let nodes {
            let range: [String: JSONValue] = ["targetNodes": .string(Self.range(nodes)), "container": .object(container)]
            content["type"] = .string("multinode")
            content["nodeProperties"] = .object([
                "numNodes": .integer(nodes), "mainNode": .integer(0), "nodeRangeProperties": .array([.object(range)]),
            ])
        } else {
            content["type"] = .string("container")
            content["containerProperties"] = .object(container)
            content["platformCapabilities"] = .array([.string(platform.capability)])
        }
        self.content = content
        name = "penstock_" + SHA256Digest(hashing: Array(JSONValue.object(content).json.utf8)).hex
    }

    /// The nodes of a gang, as definition and submission name them.
    static func range(_ nodes: Int) -> String { "0:\(nodes - 1)" }

    /// Whether a definition that is registered is this one, whatever Batch has added to it.
    func isEqual(to registered: JSONValue) -> Bool {
        registered["status"]?.text == "ACTIVE" && JSONValue.object(content).isPart(of: registered)
    }
}
