import Digests
import PythonPackaging
import SystemPackage

/// What an environment was made of: the file `penstock.wheels` in its root.
///
/// It is all that making the environment once more needs, and carries a checksum.
struct EnvironmentListing: Sendable {
    static let fileName = "penstock.wheels"
    private static let heading = "penstock environment 1\n"

    var digest: SHA256Digest
    /// The binary of the interpreter, outside of any environment.
    var interpreter: FilePath
    /// In the order in which a later one wins.
    var orders: [WheelOrder]
    /// The hash of the record beside it, `penstock.json`.
    var recordHash: String
    /// Whether its modules were compiled.
    var isCompiled: Bool

    var encoded: [UInt8] {
        var writer = ManifestWriter()
        writer.bytes = Array(Self.heading.utf8)
        writer.text(digest.hex)
        writer.text(interpreter.string)
        writer.list(orders) { writer, order in
            writer.text(order.project)
            writer.text(order.filename.description)
            writer.text(order.sha256.hex)
            writer.number(order.size.map { UInt64(clamping: $0) } ?? .max)
            writer.text(order.url)
            writer.text(order.file?.string ?? "")
            writer.list(order.origin.map { [$0] } ?? []) { $0.origin($1) }
        }
        writer.text(recordHash)
        writer.number(isCompiled ? 1 : 0)
        return writer.checked
    }

    /// Reads a listing; `nil` if it is damaged or of another form.
    init?(encoded: [UInt8]) {
        guard var reader = ManifestReader(checking: encoded, heading: Self.heading),
            let digest = reader.text().flatMap({ SHA256Digest(hex: $0) }), let interpreter = reader.text(),
            let orders = reader.list({ WheelOrder(listing: &$0) }), let recordHash = reader.text(),
            let isCompiled = reader.number()
        else { return nil }
        self.digest = digest
        self.interpreter = FilePath(interpreter)
        self.orders = orders
        self.recordHash = recordHash
        self.isCompiled = isCompiled == 1
    }

    /// - Parameter draft: where the record has been written. Blocks.
    init(
        _ origin: EnvironmentOrigin, _ orders: [WheelOrder], isCompiled: Bool, in draft: FilePath
    ) throws(EnvironmentError) {
        digest = origin.digest
        interpreter = FilePath(origin.python.executable)
        self.orders = orders
        self.isCompiled = isCompiled
        recordHash = RecordHash.sha256(try Folder(draft).read(EnvironmentOrigin.fileName) ?? [])
    }

    func write(in draft: FilePath) throws(EnvironmentError) {
        try Folder(draft).write(encoded, to: Self.fileName)
    }

    /// The listing of an environment; `nil` if there is none, or it is damaged.
    init?(of environment: FilePath) {
        guard let folder = try? Folder(environment), let bytes = try? folder.read(Self.fileName) else { return nil }
        self.init(encoded: bytes)
    }
}

extension WheelOrder {
    fileprivate init?(listing reader: inout ManifestReader) {
        guard let project = reader.text(),
            let filename = reader.text().flatMap({ try? WheelFilename(parsing: $0) }),
            let sha256 = reader.text().flatMap({ SHA256Digest(hex: $0) }),
            let size = reader.number(), let url = reader.text(), let file = reader.text(),
            let origins = reader.list({ $0.origin() })
        else { return nil }
        self.init(
            project: project, filename: filename, sha256: sha256, size: Int64(exactly: size), url: url,
            file: file.isEmpty ? nil : FilePath(file), origin: origins.first)
    }
}

extension ManifestWriter {
    fileprivate mutating func origin(_ origin: DirectOrigin) {
        text(origin.url)
        switch origin.kind {
        case .archive(let sha256): fields(["archive", sha256])
        case .repository(let system, let commit, let revision):
            fields(["repository", system, commit] + (revision.map { [$0] } ?? []))
        case .directory(let isEditable): fields(["directory", isEditable ? "editable" : ""])
        }
        fields(origin.subdirectory.map { [$0] } ?? [])
    }

    private mutating func fields(_ fields: [String]) {
        list(fields) { $0.text($1) }
    }
}

extension ManifestReader {
    fileprivate mutating func origin() -> DirectOrigin? {
        guard let url = text(), let fields = list({ $0.text() }), let folder = list({ $0.text() }) else { return nil }
        let kind: DirectOrigin.Kind
        switch (fields.first, fields.count) {
        case ("archive", 2): kind = .archive(sha256: fields[1])
        case ("repository", 3...4):
            kind = .repository(
                system: fields[1], commit: fields[2], requestedRevision: fields.count == 4 ? fields[3] : nil)
        case ("directory", 2): kind = .directory(isEditable: fields[1] == "editable")
        default: return nil
        }
        return DirectOrigin(url: url, kind, subdirectory: folder.first)
    }
}
