import Synchronization
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension ZipArchive {
    /// Looks at the checked content of one file while it is in memory anyway, to hash it for instance. Called on
    /// several threads at once.
    public typealias Inspector = @Sendable (_ entry: ZipEntry, _ content: UnsafeRawBufferPointer) throws -> Void

    /// Unpacks everything into `folder`, which is made and must not exist; its parent must.
    ///
    /// Files get mode 0755 where the archive says executable, else 0644, both less the process's umask. Every size and
    /// checksum is verified. When it fails, or the surrounding task is cancelled, the folder is left half filled for the
    /// caller to remove: unpack beside the final place and rename.
    ///
    /// - Parameter width: how many threads may work on it; the threads are shared with other archives.
    /// - Throws: `ArchiveError`, or what `inspector` threw.
    public func extractAll(
        into folder: FilePath, width: Int = .max, inspector: Inspector? = nil
    ) async throws {
        let extraction = try ZipExtraction(self, into: folder, inspector: inspector)
        await withTaskCancellationHandler {
            await ProcessorThreads.spread(width: min(width, extraction.usefulWidth)) { extraction.work() }
        } onCancel: {
            extraction.cancel()
        }
        try extraction.finish()
    }
}

/// One unpacking of a whole archive, shared by the threads that work on it.
final class ZipExtraction: Sendable {
    private let archive: ZipArchive
    private let root: Int32
    private let inspector: ZipArchive.Inspector?
    /// Indices of the files, largest first, so that no thread begins a long one at the end.
    private let files: [Int]
    private let next = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let failure = Mutex<(any Error)?>(nil)

    init(_ archive: ZipArchive, into folder: FilePath, inspector: ZipArchive.Inspector?) throws(ArchiveError) {
        self.archive = archive
        self.inspector = inspector
        let entries = archive.entries
        files = entries.indices.filter { entries[$0].kind == .file }
            .sorted { (entries[$0].packedSize >> 18, $1) > (entries[$1].packedSize >> 18, $0) }
        // The folders are made from the directory; their headers have to say the same.
        for entry in entries where entry.kind == .directory {
            do throws(ArchiveFault) {
                _ = try archive.packedBytes(of: entry)
            } catch {
                throw ArchiveError(archive: archive.name, entry: entry.spelledName, error)
            }
        }
        do throws(ArchiveFault) {
            root = try Self.makeFolders(archive.directory.directories, in: folder)
        } catch {
            throw ArchiveError(archive: archive.name, error)
        }
    }

    deinit { close(root) }

    /// More threads than this would wait for each other.
    var usefulWidth: Int { max(1, files.count / 8) }

    private static func makeFolders(_ folders: [EntryPath], in root: FilePath) throws(ArchiveFault) -> Int32 {
        _ = try calling("mkdir \(root)") { mkdir(root.string, 0o755) }
        let descriptor = try calling("open \(root)") { open(root.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        do throws(ArchiveFault) {
            for folder in folders {
                _ = try creating(folder.string) { mkdirat(descriptor, folder.string, 0o755) }
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Takes files until none is left; any number of threads call it.
    func work() {
        do {
            let unpacker = try wrapping(nil) { () throws(ArchiveFault) in try EntryUnpacker(root: root) }
            while !isStopped.load(ordering: .relaxed) {
                let turn = next.add(1, ordering: .relaxed).oldValue
                guard turn < files.count else { return }
                try unpack(archive.entries[files[turn]], by: unpacker)
            }
        } catch {
            stop(error)
        }
    }

    private func unpack(_ entry: ZipEntry, by unpacker: borrowing EntryUnpacker) throws {
        var inspection: (any Error)?
        try wrapping(entry) { () throws(ArchiveFault) in
            let payload = ZipPayload(packed: try archive.packedBytes(of: entry), entry: entry)
            try unpacker.unpack(payload) { content in
                do { try inspector?(entry, content) } catch { inspection = error }
            }
        }
        if let inspection { throw inspection }
    }

    private func wrapping<Result: ~Copyable>(
        _ entry: ZipEntry?, _ body: () throws(ArchiveFault) -> Result
    ) throws(ArchiveError) -> Result {
        do throws(ArchiveFault) {
            return try body()
        } catch {
            throw ArchiveError(archive: archive.name, entry: entry?.spelledName, error)
        }
    }

    func cancel() {
        stop(ArchiveError(archive: archive.name, .cancelled))
    }

    private func stop(_ error: any Error) {
        failure.withLock { if $0 == nil { $0 = error } }
        isStopped.store(true, ordering: .relaxed)
    }

    func finish() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
