/// One entry of `@secrets(sources=[…])`.
package struct SecretSource: Hashable, Sendable {
    /// As it was written: a text, or a dictionary.
    package let source: JSONValue
    /// Who keeps the secret: `inline` is the one that this version has.
    package let backend: String
    package let id: String

    package init(source: JSONValue, backend: String, id: String) {
        self.source = source
        self.backend = backend
        self.id = id
    }
}
