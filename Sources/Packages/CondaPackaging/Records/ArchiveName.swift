/// The file name of a conda package (CEP 26): `numpy-1.26.4-py312h1234567_0.conda`.
public struct ArchiveName: Sendable {
    /// How the package is packed.
    public enum Format: String, Sendable, Hashable, CaseIterable, Codable {
        /// A zip with two zstd-compressed tar archives.
        case conda = ".conda"
        case tarBzip2 = ".tar.bz2"
    }

    public let name: CondaName
    public let version: CondaVersion
    public let build: String
    public let format: Format
    /// The file name.
    public let description: String

    /// The file name without the ending: the name of the folder that the package is unpacked into.
    public var stem: String { String(description.dropLast(format.rawValue.utf8.count)) }
}

extension ArchiveName: Hashable, CodedAsText {
    /// Reads the name of a file, without a folder.
    public init(parsing fileName: some StringProtocol) throws(ArchiveNameError) {
        let outcome = fileName.withBytes { bytes in
            Result { () throws(ArchiveNameError) in try ArchiveName(utf8: bytes) }
        }
        self = try outcome.get()
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }

    public static func == (left: Self, right: Self) -> Bool { left.description == right.description }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    init(utf8 bytes: UnsafeBufferPointer<UInt8>) throws(ArchiveNameError) {
        func error(_ problem: ArchiveNameError.Problem) -> ArchiveNameError {
            ArchiveNameError(fileName: bytes.text, problem: problem)
        }
        guard let parts = Parts(bytes) else {
            throw error(Parts.format(of: bytes) == nil ? .format : .partCount)
        }
        guard let name = CondaName(utf8: parts.name) else { throw error(.name(parts.name.text)) }
        // Around a version alone space has no meaning; in the name of a file it has.
        if let place = parts.version.firstIndex(where: { $0 <= 0x20 || $0 == 0x7F }) {
            let problem = CondaVersionError(text: parts.version.text, column: place + 1, problem: .unexpected)
            throw ArchiveNameError(fileName: bytes.text, problem: .version(problem))
        }
        do {
            version = try CondaVersion(utf8: parts.version)
        } catch {
            throw ArchiveNameError(fileName: bytes.text, problem: .version(error))
        }
        guard !parts.build.isEmpty, parts.build.allSatisfy(\.isBuildPart) else { throw error(.build(parts.build.text)) }
        self.name = name
        build = parts.build.text
        format = parts.format
        description = bytes.text
    }

    /// The parts of a file name, not looked into yet.
    struct Parts {
        let name: UnsafeBufferPointer<UInt8>
        let version: UnsafeBufferPointer<UInt8>
        let build: UnsafeBufferPointer<UInt8>
        let format: Format

        /// Names can have dashes, versions and builds cannot.
        init?(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let format = Self.format(of: bytes) else { return nil }
            let length = bytes.count - format.rawValue.utf8.count
            let dash = UInt8(ascii: "-")
            guard let buildDash = bytes[..<length].lastIndex(of: dash),
                let versionDash = bytes[..<buildDash].lastIndex(of: dash), versionDash > 0
            else { return nil }
            name = bytes.slice(0..<versionDash)
            version = bytes.slice(versionDash + 1..<buildDash)
            build = bytes.slice(buildDash + 1..<length)
            self.format = format
        }

        static func format(of bytes: UnsafeBufferPointer<UInt8>) -> Format? {
            if bytes.count > 6, bytes.slice(bytes.count - 6..<bytes.count).equals(".conda") { return .conda }
            if bytes.count > 8, bytes.slice(bytes.count - 8..<bytes.count).equals(".tar.bz2") { return .tarBzip2 }
            return nil
        }
    }
}

/// A file name that no conda package can have.
public struct ArchiveNameError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// It ends neither in `.conda` nor in `.tar.bz2`.
        case format
        /// It has not three parts with dashes between them.
        case partCount
        case name(String)
        case version(CondaVersionError)
        case build(String)
    }

    public let fileName: String
    public let problem: Problem

    public var description: String { "\(fileName.quoted) is not the file name of a conda package: \(reason)" }

    private var reason: String {
        switch problem {
        case .format: "it has to end in .conda or .tar.bz2"
        case .partCount: "it has to be name-version-build"
        case .name(let name): "\(name.quoted) is not a name"
        case .version(let error): "\(error)"
        case .build(let build): "\(build.quoted) is not a build string"
        }
    }
}
