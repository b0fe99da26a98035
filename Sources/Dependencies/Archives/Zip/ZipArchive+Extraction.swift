public import Digests
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
    /// Hears of every file that was unpacked and checked, and the SHA-256 of its content. Called on several threads at
    /// once.
    public typealias Inspector = @Sendable (_ entry: ZipEntry, _ sha256: SHA256Digest) throws -> Void

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
        try await extractAll(into: folder, width: width, after: nil, inspector: inspector)
    }

    /// The same, where a part was unpacked while the archive arrived, into the same folder.
    ///
    /// What was unpacked has to be what the central directory says; an archive for which it is not is refused.
    ///
    /// - Parameter early: of this archive, which has arrived whole; `isUsable`, and nobody unpacks any more when this returns.
    package func extractAll(
        into folder: FilePath, width: Int = .max, after early: EarlyExtraction?, inspector: Inspector? = nil
    ) async throws {
        guard let early else { return try await extract(into: folder, width, [], nil, inspector) }
        let claims = await early.stop()
        do {
            try await extract(into: folder, width, try agreed(claims), early, inspector)
        } catch {
            await early.abandon()
            throw error
        }
    }

    private func extract(
        into folder: FilePath, _ width: Int, _ done: Set<Int>, _ early: EarlyExtraction?, _ inspector: Inspector?
    ) async throws {
        let extraction = try ZipExtraction(self, into: folder, without: done, isBegun: early != nil, inspector: inspector)
        await withTaskCancellationHandler {
            await ProcessorThreads.spread(width: min(width, extraction.usefulWidth)) { extraction.work() }
        } onCancel: {
            extraction.cancel()
        }
        try extraction.finish()
        if let early { try extraction.adopt(try await early.digests(), done) }
    }

    private func check(_ entry: ZipEntry) throws(ArchiveError) {
        do throws(ArchiveFault) {
            _ = try packedBytes(of: entry)
        } catch {
            throw ArchiveError(archive: name, entry: entry.spelledName, error)
        }
    }

    /// The entries that were unpacked early, as indices.
    private func agreed(_ claims: [UInt64: ZipLocalEntry]) throws(ArchiveError) -> Set<Int> {
        var done: Set<Int> = []
        for index in entries.indices {
            guard let claim = claims[entries[index].headerOffset] else { continue }
            try check(entries[index])
            guard claim.agrees(with: entries[index]) else {
                throw ArchiveError(archive: name, entry: claim.spelledName, .describedTwice)
            }
            done.insert(index)
        }
        // Whoever reads the archive from its front would find a file that is not in the directory.
        if done.count != claims.count {
            for entry in entries { try check(entry) }
            let known = Set(entries.map(\.headerOffset))
            let stray = claims.values.first { !known.contains($0.headerOffset) }
            throw ArchiveError(archive: name, entry: stray?.spelledName, .describedTwice)
        }
        return done
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

    /// Packed bytes that were read since the system was told that they are not ours to keep.
    private let readCount = Atomic<Int>(0)
    private static let longestRead = 16 << 20

    /// - Parameters:
    ///   - done: entries that are there already.
    ///   - isBegun: whether the folder exists.
    init(
        _ archive: ZipArchive, into folder: FilePath, without done: Set<Int>, isBegun: Bool,
        inspector: ZipArchive.Inspector?
    ) throws(ArchiveError) {
        self.archive = archive
        self.inspector = inspector
        let entries = archive.entries
        files = entries.indices.filter { entries[$0].kind == .file && !done.contains($0) }
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
            root = try Self.makeFolders(archive.directory.directories, in: folder, isBegun: isBegun)
        } catch {
            throw ArchiveError(archive: archive.name, error)
        }
    }

    deinit { close(root) }

    /// More threads than this would wait for each other.
    var usefulWidth: Int { max(1, files.count / 8) }

    private static func makeFolders(
        _ folders: [EntryPath], in root: FilePath, isBegun: Bool
    ) throws(ArchiveFault) -> Int32 {
        if !isBegun || mkdir(root.string, 0o755) != 0 && errno != EEXIST {
            _ = try calling("mkdir \(root)") { mkdir(root.string, 0o755) }
        }
        let descriptor = try calling("open \(root)") { open(root.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        do throws(ArchiveFault) {
            for folder in folders {
                if isBegun, mkdirat(descriptor, folder.string, 0o755) == 0 || errno == EEXIST { continue }
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
            var unpacker = try wrapping(nil) { () throws(ArchiveFault) in try EntryUnpacker(root: root) }
            while !isStopped.load(ordering: .relaxed) {
                let turn = next.add(1, ordering: .relaxed).oldValue
                guard turn < files.count else { return }
                try unpack(archive.entries[files[turn]], by: &unpacker)
            }
        } catch {
            stop(error)
        }
    }

    private func unpack(_ entry: ZipEntry, by unpacker: inout EntryUnpacker) throws {
        let digest = try wrapping(entry) { () throws(ArchiveFault) in
            try unpacker.unpack(
                .memory(try archive.packedBytes(of: entry)), as: entry.path, EntryPromise(entry),
                mode: entry.isExecutable ? 0o755 : 0o644)
        }
        forget(Int(clamping: entry.packedSize))
        try inspector?(entry, digest)
    }

    private func forget(_ count: Int) {
        guard readCount.add(count, ordering: .relaxed).newValue > Self.longestRead else { return }
        readCount.store(0, ordering: .relaxed)
        archive.forgetResident()
    }

    /// Takes entries as unpacked here that were unpacked early.
    func adopt(_ digests: [UInt64: SHA256Digest], _ done: Set<Int>) throws {
        for entry in done.sorted().lazy.map({ self.archive.entries[$0] }) {
            let digest = try wrapping(entry) { () throws(ArchiveFault) in
                guard let digest = digests[entry.headerOffset] else { throw .missingEntry }
                if entry.isExecutable { try makeExecutable(entry.path) }
                return digest
            }
            try inspector?(entry, digest)
        }
    }

    /// For all who may read it.
    private func makeExecutable(_ path: EntryPath) throws(ArchiveFault) {
        var status = stat()
        _ = try calling("look at '\(path)'") { fstatat(root, path.string, &status, 0) }
        let mode = status.st_mode | (status.st_mode & 0o444) >> 2
        _ = try calling("make '\(path)' executable") { fchmodat(root, path.string, mode & 0o777, 0) }
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
