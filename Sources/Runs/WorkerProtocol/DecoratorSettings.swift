package import FlowModel

/// What the decorators of a step ask of the worker, judged by the engine (docs/worker-protocol.md, "Assignment"). Absent
/// ones are not in force.
package struct DecoratorSettings: Codable, Sendable, Hashable {
    package struct Catch: Codable, Sendable, Hashable {
        /// The artifact that gets the exception.
        package var variable: String?
        package var printsException: Bool

        package init(variable: String?, printsException: Bool) {
            self.variable = variable
            self.printsException = printsException
        }

        private enum CodingKeys: String, CodingKey {
            case variable = "var"
            case printsException = "print_exception"
        }
    }

    package struct Secrets: Codable, Sendable, Hashable {
        /// As the person wrote them: a text or a dictionary each.
        package var sources: [JSONValue]
        package var role: String?
        package var allowsOverride: Bool

        package init(sources: [JSONValue], role: String?, allowsOverride: Bool) {
            self.sources = sources
            self.role = role
            self.allowsOverride = allowsOverride
        }

        /// What stands in the sources themselves: for each its options, or nothing.
        package var values: [JSONValue] {
            sources.map { source in
                if case .object(let members) = source { members["options"] ?? .null } else { .null }
            }
        }

        /// Without those values, for orders that are kept: the worker finds them in `PENSTOCK_SECRETS`, in the list of
        /// its step.
        package var withoutValues: Secrets {
            var secrets = self
            secrets.sources = sources.map { source in
                guard case .object(var members) = source else { return source }
                members["options"] = nil
                return .object(members)
            }
            return secrets
        }

        private enum CodingKeys: String, CodingKey {
            case sources, role
            case allowsOverride = "allow_override"
        }
    }

    /// Seconds that the person's code may take.
    package var timeout: Int?
    package var `catch`: Catch?
    package var secrets: Secrets?
    package var cards: [CardOrder]?

    package init(timeout: Int? = nil, catch: Catch? = nil, secrets: Secrets? = nil, cards: [CardOrder]? = nil) {
        self.timeout = timeout
        self.catch = `catch`
        self.secrets = secrets
        self.cards = cards
    }

    package var isEmpty: Bool { timeout == nil && `catch` == nil && secrets == nil && cards == nil }
}
