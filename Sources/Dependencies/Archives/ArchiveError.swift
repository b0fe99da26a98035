public import Diagnostics

/// Why an archive was refused, or could not be read or written.
public struct ArchiveError: DiagnosticError, Equatable {
    /// The archive as the caller named it.
    public var archive: String
    /// The entry it is about, as spelled in the archive.
    public var entry: String?
    public var fault: ArchiveFault

    public init(archive: String, entry: String? = nil, _ fault: ArchiveFault) {
        self.archive = archive
        self.entry = entry
        self.fault = fault
    }

    public var diagnostic: Diagnostic {
        let subject = entry.map { "entry '\(Self.shortened($0))' of \(archive)" } ?? archive
        return Diagnostic(fault.failureClass, "\(subject) \(fault.predicate)", help: fault.help)
    }

    // A hostile name may be as long as it likes.
    private static func shortened(_ name: String) -> String {
        name.count <= 200 ? name : "\(name.prefix(120))…\(name.suffix(60))"
    }
}

/// What is wrong with an archive or one of its entries.
public enum ArchiveFault: Error, Hashable {
    /// The bytes end before the structure does.
    case truncated
    /// The structure contradicts itself or its format; the text completes "the archive …".
    case malformed(String)
    /// A feature of the format that is refused or unknown; the text completes "the archive …".
    case unsupported(String)
    /// The name is absolute, climbs out with `..`, or does so on another system.
    case unsafePath
    /// What cannot be a file's name; the text completes "the entry has …".
    case unsuitableName(String)
    /// Two entries claim this path, or the file system takes this one for another.
    case duplicatePath
    /// A file, or a link, stands where another entry needs a directory.
    case fileIsAlsoDirectory
    /// A link that would lead out of the folder, or any link in a zip archive.
    case unsafeLink
    /// Two entries share bytes of the archive.
    case overlappingEntries
    /// The data does not have the size that the archive states.
    case wrongSize
    /// The data does not have the checksum that the archive states.
    case wrongChecksum
    /// The compressed data cannot be decoded.
    case corruptData
    /// Unpacking would pass this limit of `ArchiveLimits`.
    case overLimit(String)
    /// The archive has no entry of that name.
    case missingEntry
    /// The operating system refused; `code` is an `errno`.
    case system(operation: String, code: Int32)
    /// The surrounding task was cancelled.
    case cancelled

    var predicate: String {
        switch self {
        case .truncated: "is cut off"
        case .malformed(let what), .unsupported(let what): what
        case .unsafePath: "has a path that leads out of the folder it is unpacked to"
        case .unsuitableName(let what): "has \(what)"
        case .duplicatePath: "is there twice"
        case .fileIsAlsoDirectory: "is a file or link although other entries need it to be a directory"
        case .unsafeLink: "is a link that is not allowed"
        case .overlappingEntries: "shares its bytes with another entry"
        case .wrongSize: "does not have the size that the archive states"
        case .wrongChecksum: "does not have the checksum that the archive states"
        case .corruptData: "holds compressed data that cannot be decoded"
        case .overLimit(let limit): "is too large to be unpacked: \(limit)"
        case .missingEntry: "does not exist"
        case .system(let operation, let code): "could not be processed: \(operation): \(systemMessage(code))"
        case .cancelled: "was not processed to its end: cancelled"
        }
    }

    var failureClass: FailureClass {
        switch self {
        case .truncated, .system, .cancelled, .wrongChecksum, .corruptData: .infrastructure
        default: .user
        }
    }

    var help: String? {
        switch self {
        case .truncated, .wrongChecksum, .corruptData:
            "the file was damaged on its way or on disk; remove it and fetch it again"
        case .unsafePath, .unsuitableName, .duplicatePath, .fileIsAlsoDirectory, .unsafeLink, .overlappingEntries, .wrongSize, .overLimit:
            "an honest archive does not look like this; do not install it unless you know where it comes from"
        case .malformed, .unsupported, .missingEntry, .system, .cancelled: nil
        }
    }
}

extension ArchiveFault {
    /// The header in front of an entry and the central directory disagree.
    package static let describedTwice = Self.malformed("is described in two ways: its header and the directory differ")
}
