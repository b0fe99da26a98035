import Datastore
import Digests
import FoundationEssentials
import Glibc
import Ledger
import RunDriver
import SystemPackage

/// Puts the engine into the datastore of a run: the one of this process, and those of other platforms that a person has
/// put into a folder (`PENSTOCK_ENGINES`), as `penstock-linux-aarch64`.
struct EngineSnapshot {
    let records: RunRecords
    /// The folder with engines of other platforms.
    let folder: FilePath?
    /// Whether they are kept as they are, not compressed.
    var isPlain = false

    private struct Engine {
        var platform: String
        var file: FilePath
    }

    private static let prefix = "penstock-"

    /// What the run has to record. An engine that is there already costs a look at its file. Blocks.
    func entries() throws -> [SnapshotEntry] {
        try engines().map { engine throws in
            do {
                return SnapshotEntry(kind: .engine, name: engine.platform, blob: try keep(engine.file))
            } catch {
                throw SnapshotError(what: "the engine \(engine.file)", cause: error)
            }
        }
    }

    private func engines() throws -> [Engine] {
        var engines = [Engine(platform: Self.platform, file: FilePath("/proc/self/exe"))]
        guard let folder else { return engines }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.string) else {
            throw FileError.cannotRead(path: folder.string, reason: "it is no folder, and PENSTOCK_ENGINES says that engines are in it")
        }
        for name in names.sorted() where name.hasPrefix(Self.prefix) && name != Self.prefix + Self.platform {
            engines.append(Engine(platform: String(name.dropFirst(Self.prefix.count)), file: folder.appending(name)))
        }
        return engines
    }

    private func keep(_ file: FilePath) throws -> StoredBlob {
        let descriptor = try FileDescriptor.open(file, .readOnly)
        defer { try? descriptor.close() }
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        let note = self.note(of: status)
        if let blob = try noted(note) { return blob }
        let blob = try isPlain
            ? records.store.keepArchive(file, digest(of: descriptor))
            : records.store.put(contentsOf: descriptor.rawValue, size: Int64(status.st_size))
        // Without the note it is only looked at again.
        try? OutputFile(note.string).write(Data(blob.digest.hex.utf8))
        return blob
    }

    private func digest(of file: FileDescriptor) throws -> SHA256Digest {
        var hasher = SHA256Hasher()
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { piece.deallocate() }
        var offset: Int64 = 0
        while case let count = try file.read(fromAbsoluteOffset: offset, into: piece), count > 0 {
            hasher.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            offset += Int64(count)
        }
        return hasher.finalize()
    }

    /// Where the digest of a file is noted, for as long as nobody touches the file.
    private func note(of status: stat) -> FilePath {
        let state = "\(status.st_dev) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) "
            + "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
        let folder = records.location.root.appending("engines")
        try? FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        return folder.appending(String(SHA256Digest(hashing: state).hex.prefix(32)))
    }

    private func noted(_ note: FilePath) throws -> StoredBlob? {
        guard let data = FileManager.default.contents(atPath: note.string),
            let digest = SHA256Digest(hex: String(decoding: data, as: UTF8.self))
        else { return nil }
        if isPlain {
            return records.store.archive(digest, size: nil).map {
                StoredBlob(digest: digest, size: $0.size, codec: .plain, place: .loose)
            }
        }
        guard let blob = try records.ledger.blob(digest), try isThere(blob)
        else { return nil }
        return blob
    }

    private func isThere(_ blob: StoredBlob) throws -> Bool {
        if records.store.isAtHand(blob) { return true }
        guard let known = records.ledger.remote else { return false }
        return try !records.ledger.remoteBlobs([blob.digest], in: known).isEmpty
    }

    /// The platform of this engine, as locks name platforms.
    static var platform: String {
        #if arch(arm64)
        let machine = "aarch64"
        #else
        let machine = "x86_64"
        #endif
        #if os(macOS)
        return "macos-\(machine == "aarch64" ? "arm64" : machine)"
        #else
        return "linux-\(machine)"
        #endif
    }
}
