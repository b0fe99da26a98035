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

    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        let options = site["options"] ?? .object([:])
        if case .object = options {} else {
            findings.append(site.finding("has options=\(options)", help: "use a dictionary"))
        }
        self.init(
            type: site.text("type", &findings) ?? "default", id: Self.id(site, &findings), options: options,
            timeout: Int(Self.seconds("timeout", 45, least: 1, site, &findings)),
            saveErrors: site.truth("save_errors", &findings) ?? true,
            customize: site.truth("customize", &findings) ?? false,
            refreshInterval: Self.seconds("refresh_interval", 5, least: 0, site, &findings))
    }

    /// An id of other characters is told and ignored: the card is made all the same.
    private static func id(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> String? {
        guard let value = site["id"] else { return nil }
        var id = value.description
        if case .string(let text) = value { id = text }
        let isWord = id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        if !id.isEmpty, isWord { return id }
        findings.append(
            site.finding(
                "has id=\(value), which current.card cannot use: the card is made without an id",
                help: "use letters, digits and underscores", as: .warning))
        return nil
    }

    private static func seconds(
        _ attribute: String, _ standard: Double, least: Double, _ site: DecoratorSite,
        _ findings: inout [FlowFinding]
    ) -> Double {
        guard let value = site[attribute] else { return standard }
        if let number = value.anyNumber, (least...1e9).contains(number) { return number }
        findings.append(
            site.finding("has \(attribute)=\(value)", help: "use a number of seconds, at least \(Int(least))"))
        return standard
    }
}
