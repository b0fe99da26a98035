/// A card that is made when a step is over: one `@card`.
package struct CardRequest: Hashable, Sendable {
    package let type: String
    package let id: String?
    /// An object, for the card's type.
    package let options: JSONValue
    /// How long it may take to render, in seconds.
    package let timeout: Int
    /// Whether a card that cannot be rendered is replaced by one that tells the error.
    package let saveErrors: Bool
    /// Whether `current.card` without an id means this one.
    package let customize: Bool
    /// The least time between two refreshes while the step runs, in seconds.
    package let refreshInterval: Double

    package init(
        type: String = "default", id: String? = nil, options: JSONValue = .object([:]), timeout: Int = 45,
        saveErrors: Bool = true, customize: Bool = false, refreshInterval: Double = 5
    ) {
        self.type = type
        self.id = id
        self.options = options
        self.timeout = timeout
        self.saveErrors = saveErrors
        self.customize = customize
        self.refreshInterval = refreshInterval
    }
}
