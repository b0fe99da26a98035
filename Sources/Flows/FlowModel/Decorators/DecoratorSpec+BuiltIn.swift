extension DecoratorSpec {
    /// Whether it names a decorator that the engine knows; others are the flow's own, and only its worker can add them.
    package var isBuiltIn: Bool { DecoratorCatalogue.signature(of: name) != nil }
}
