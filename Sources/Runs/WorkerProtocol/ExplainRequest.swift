/// The assignment of kind `explain`: say what in the code of steps can differ from run to run by itself
/// (docs/worker-protocol.md, "Comparing runs").
package struct ExplainRequest: Encodable, Sendable {
    package struct Step: Encodable, Sendable {
        package var name: String
        /// Whether both runs began with the same random numbers.
        package var seeded: Bool
        /// Whether sets came in the same order in both.
        package var hashFixed: Bool

        package init(name: String, seeded: Bool, hashFixed: Bool) {
            self.name = name
            self.seeded = seeded
            self.hashFixed = hashFixed
        }

        private enum CodingKeys: String, CodingKey {
            case name, seeded
            case hashFixed = "hash_fixed"
        }
    }

    package var type = "task"
    package var `protocol` = workerProtocolVersion
    package var kind = "explain"
    package var flow: String
    package var steps: [Step]

    package init(flow: String, steps: [Step]) {
        self.flow = flow
        self.steps = steps
    }
}

/// What a worker found in the code of a step.
package struct ExplainedStep: Decodable, Sendable {
    /// Something that can differ by itself.
    package struct Chance: Decodable, Sendable, Hashable {
        package struct Place: Decodable, Sendable, Hashable {
            package var file: String
            package var line: Int
            package var text: String
        }

        /// `clock`, `uuid`, `generator` and so on.
        package var kind: String
        package var file: String
        package var line: Int
        package var text: String
        /// Within the function that is called there.
        package var inside: Place?
        /// What is made of it, as far as names tell.
        package var artifacts: [String]
    }

    /// False where the code could not be read.
    package var complete: Bool
    package var file: String?
    package var line: Int?
    /// Names of attributes that the step reads of anything.
    package var reads: [String]?
    /// Whether it takes artifacts over with `merge_artifacts`.
    package var merges: Bool?
    /// What each artifact is made of, by names of attributes.
    package var made: [String: [String]]?
    package var chances: [Chance]?
}
