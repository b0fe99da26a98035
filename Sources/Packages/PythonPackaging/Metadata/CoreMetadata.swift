/// The headers of a distribution's METADATA or PKG-INFO file, as far as installing needs them.
///
/// Reading stops at the first empty line: what follows is the long description.
public struct CoreMetadata: Sendable, Hashable {
    /// The version of the format, such as `2.1`.
    public var metadataVersion: String
    public var name: PackageName
    public var version: Version
    /// The requirements as they are written. See `requirements()`.
    public var requiresDist: [String]
    /// The versions of Python as they are written. See `pythonSpecifiers()`.
    public var requiresPython: String?
    /// The extras that requirements can belong to; names that are none are left out.
    public var providesExtra: [ExtraName]
    /// The fields whose value a build may change (PEP 643), in lower case.
    public var dynamic: [String]

    public init(
        metadataVersion: String = "2.1", name: PackageName, version: Version, requiresDist: [String] = [],
        requiresPython: String? = nil, providesExtra: [ExtraName] = [], dynamic: [String] = []
    ) {
        self.metadataVersion = metadataVersion
        self.name = name
        self.version = version
        self.requiresDist = requiresDist
        self.requiresPython = requiresPython
        self.providesExtra = providesExtra
        self.dynamic = dynamic
    }

    /// `requiresDist`, parsed.
    ///
    /// - Throws: The first one that is malformed.
    public func requirements() throws(RequirementError) -> [Requirement] {
        var requirements: [Requirement] = []
        requirements.reserveCapacity(requiresDist.count)
        for text in requiresDist { requirements.append(try Requirement(parsing: text)) }
        return requirements
    }

    /// `requiresPython`, parsed; any version where nothing is said.
    public func pythonSpecifiers() throws(SpecifierError) -> SpecifierSet {
        try requiresPython.map { text throws(SpecifierError) in try SpecifierSet(parsing: text) } ?? .any
    }
}

extension CoreMetadata {
    /// Reads the headers out of a whole file.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(CoreMetadataError) {
        var fields = CoreMetadataFields()
        var reader = HeaderReader(bytes.bindMemory(to: UInt8.self))
        while let header = reader.next() { fields.take(header) }
        guard let name = fields.name else { throw .missing("Name") }
        guard let version = fields.version else { throw .missing("Version") }
        guard let packageName = try? PackageName(parsing: name) else { throw .malformed("Name", name) }
        guard let parsedVersion = try? Version(parsing: version) else { throw .malformed("Version", version) }
        self.init(
            metadataVersion: fields.metadataVersion ?? "1.0", name: packageName, version: parsedVersion,
            requiresDist: fields.requiresDist, requiresPython: fields.requiresPython,
            providesExtra: fields.providesExtra.compactMap { try? ExtraName(parsing: $0) },
            dynamic: fields.dynamic.map { $0.lowercased() })
    }

    /// Reads the headers out of a whole file.
    public init(parsing bytes: [UInt8]) throws(CoreMetadataError) {
        let outcome = bytes.withUnsafeBytes { bytes in
            Result { () throws(CoreMetadataError) in try CoreMetadata(parsing: bytes) }
        }
        self = try outcome.get()
    }
}

/// Metadata that does not say what it has to.
public enum CoreMetadataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field is not there.
    case missing(String)
    /// The field has a value that it cannot have.
    case malformed(String, String)

    public var description: String {
        switch self {
        case .missing(let field): "the metadata has no field '\(field)'"
        case .malformed(let field, let value): "the metadata's field '\(field)' is malformed: \(value.quoted)"
        }
    }
}

/// The values of the fields that count, while they are collected.
private struct CoreMetadataFields {
    var metadataVersion: String?
    var name: String?
    var version: String?
    var requiresDist: [String] = []
    var requiresPython: String?
    var providesExtra: [String] = []
    var dynamic: [String] = []

    mutating func take(_ header: HeaderReader.Header) {
        if header.isNamed("requires-dist") {
            requiresDist.append(header.value)
        } else if header.isNamed("name") {
            name = name ?? header.value
        } else if header.isNamed("version") {
            version = version ?? header.value
        } else if header.isNamed("metadata-version") {
            metadataVersion = metadataVersion ?? header.value
        } else if header.isNamed("requires-python") {
            requiresPython = requiresPython ?? header.value
        } else if header.isNamed("provides-extra") {
            providesExtra.append(header.value)
        } else if header.isNamed("dynamic") {
            dynamic.append(header.value)
        }
    }
}
