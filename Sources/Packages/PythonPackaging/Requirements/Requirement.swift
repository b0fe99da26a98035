/// What a package or a person asks for (PEP 508): `requests[socks] >=2.8 ; python_version < "3.9"`.
public struct Requirement: Sendable {
    /// Where the package comes from, and which versions will do.
    public enum Source: Sendable, Hashable {
        /// An index, with any version in the set.
        case registry(SpecifierSet)
        /// Exactly what the URL gives.
        case url(String)
    }

    public var name: PackageName
    /// The name as it was written, for messages.
    public var spelledName: String
    /// Without repetitions, in the order of their normal form.
    public var extras: [ExtraName]
    /// The extras as they were written.
    public var spelledExtras: [String]
    public var source: Source
    public var marker: Marker?

    public init(
        name: PackageName, extras: [ExtraName] = [], source: Source = .registry(.any), marker: Marker? = nil
    ) {
        self.name = name
        spelledName = name.description
        self.extras = Set(extras).sorted()
        spelledExtras = self.extras.map(\.description)
        self.source = source
        self.marker = marker
    }

    init(spelledName: String, spelledExtras: [String], source: Source, marker: Marker?) {
        name = PackageName(normalizing: spelledName)
        self.spelledName = spelledName
        extras = Set(spelledExtras.map { ExtraName(normalizing: $0) }).sorted()
        self.spelledExtras = spelledExtras
        self.source = source
        self.marker = marker
    }

    /// The version specifiers; any version for a URL.
    public var specifiers: SpecifierSet {
        switch source {
        case .registry(let specifiers): specifiers
        case .url: .any
        }
    }

    /// Whether the requirement counts in `environment` for a package that is asked for with `extras`.
    public func applies(in environment: MarkerEnvironment, extras: Set<ExtraName> = []) -> Bool {
        marker?.evaluate(in: environment, extras: extras) ?? true
    }
}

extension Requirement: Hashable {
    // Spelling does not count.
    public static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.extras == right.extras && left.source == right.source
            && left.marker == right.marker
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(extras)
        hasher.combine(source)
        hasher.combine(marker)
    }
}

extension Requirement: TextCoded {
    public init(decoding text: String) throws { try self.init(parsing: text) }

    /// The requirement with names as they were written and everything else in canonical form.
    public var description: String {
        var text = spelledName
        let extras = Set(spelledExtras).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        if !extras.isEmpty { text += "[\(extras.joined(separator: ","))]" }
        switch source {
        case .registry(let specifiers): text += specifiers.description
        case .url(let url): text += marker == nil ? " @ \(url)" : " @ \(url) "
        }
        if let marker { text += "; \(marker)" }
        return text
    }
}
