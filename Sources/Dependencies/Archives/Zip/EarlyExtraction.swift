import Digests
import Synchronization
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Unpacks a zip archive while it still arrives, by the headers in front of the entries.
///
/// What those headers say is believed for the time being and no longer: once the archive is whole and its hash is right,
/// `ZipArchive.extractAll(into:after:)` compares all that was done with the central directory, which goes through the
/// same checks as ever, and unpacks the rest. Where a header cannot be trusted, this ends and the rest waits for that.
package final class EarlyExtraction: Sendable {
    private struct State {
        var file: GrowingFile?
        /// Unpacked files, and those that are being unpacked, by the offsets of their headers.
        var claims: [UInt64: ZipLocalEntry] = [:]
        var digests: [UInt64: SHA256Digest] = [:]
        var fault: ArchiveError?
        var walk: Task<Void, Never>?
        var jobs: [Task<Void, Never>] = []
    }

    /// Large entries that are unpacked apart from the others at a time, in the whole process.
    private static let helpers = Atomic<Int>(0)
    /// Packed bytes from which an entry is large.
    private static let largeSize: UInt64 = 4 << 20

    let folder: FilePath
    private let name: String
    private let archiveSize: UInt64
    private let limits: ArchiveLimits
    private let isStopped = Atomic<Bool>(false)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: is made, and must not exist; its parent must.
    ///   - name: how errors call the archive.
    ///   - archiveSize: in bytes, as far as is known before.
    package init(into folder: FilePath, name: String, archiveSize: UInt64, limits: ArchiveLimits = .init()) {
        (self.folder, self.name, self.archiveSize, self.limits) = (folder, name, archiveSize, limits)
    }

    // MARK: What the writer of the archive tells

    /// The archive is going to be in the file with this descriptor. Ignored if it was called before.
    package func begin(_ descriptor: Int32) {
        guard let file = try? GrowingFile(descriptor) else { return }
        state.withLock { state in
            guard state.file == nil else { return }
            state.file = file
            state.walk = Task { await BlockingWork.runApart { self.walk(file) } }
        }
    }

    /// That many bytes are there, from the beginning.
    package func arrived(_ count: Int64) {
        state.withLock { $0.file }?.grow(to: UInt64(clamping: count))
    }

    /// What has arrived is thrown away: nothing that was unpacked counts.
    package func startOver() {
        isStopped.store(true, ordering: .relaxed)
        state.withLock { $0.file }?.giveUp()
    }

    // MARK: What the reader of the central directory asks

    /// Begins no further entry; returns when it is certain which were begun, by the offsets of their headers.
    @discardableResult
    package func stop() async -> [UInt64: ZipLocalEntry] {
        isStopped.store(true, ordering: .relaxed)
        // All there is: who waits for more reads an archive that is shorter than it says.
        state.withLock { $0.file }?.grow(to: UInt64(Int64.max))
        await walked()
        return state.withLock { $0.claims }
    }

    /// Waits until all headers were read, or one that cannot be trusted was met.
    package func walked() async {
        await state.withLock { $0.walk }?.value
    }

    /// Whether something was begun, and nothing was thrown away.
    package var isUsable: Bool {
        state.withLock { $0.file.map { !$0.isGivenUp } ?? false }
    }

    /// Waits for the entries that were begun.
    func digests() async throws(ArchiveError) -> [UInt64: SHA256Digest] {
        for job in state.withLock({ $0.jobs }) { await job.value }
        if let fault = state.withLock({ $0.fault }) { throw fault }
        return state.withLock { $0.digests }
    }

    /// Ends everything; the folder can be removed afterwards.
    package func abandon() async {
        startOver()
        _ = await stop()
        for job in state.withLock({ $0.jobs }) { await job.value }
    }
}

// MARK: The walk over the headers

extension EarlyExtraction {
    private func walk(_ file: GrowingFile) {
        do throws(ArchiveFault) {
            let root = try EarlyFolder(folder)
            var unpacker = try EntryUnpacker(root: root.descriptor)
            var offset: UInt64 = 0
            var total: UInt64 = 0
            var count = 0
            while !isStopped.load(ordering: .relaxed), let entry = try header(in: file, at: offset) {
                total += entry.promise.size
                count += 1
                // What is beyond a limit is refused with words by the one who reads the directory.
                guard count <= limits.entries, entry.end <= archiveSize else { return }
                try limits.check(entry: entry.promise.size)
                try limits.check(total: total, archiveSize: archiveSize)
                offset = entry.end
                try unpack(entry, file, root, &unpacker)
            }
        } catch {
            // Nothing was claimed for it: whoever reads the directory meets it again.
        }
    }

    private func header(in file: GrowingFile, at offset: UInt64) throws(ArchiveFault) -> ZipLocalEntry? {
        guard offset + UInt64(ZipLocalHeader.fixedSize) <= archiveSize else { return nil }
        var bytes = [UInt8](repeating: 0, count: ZipLocalHeader.fixedSize)
        try file.readAll(&bytes, at: offset)
        let more = try bytes.lendingBytes { (header) throws(ArchiveFault) in
            guard try ByteView(header).u32(0) == ZipLocalHeader.signature else { return -1 }
            return try ZipLocalEntry.variableSize(header)
        }
        if more < 0 { return nil }
        var rest = [UInt8](repeating: 0, count: more)
        try file.readAll(&rest, at: offset + UInt64(bytes.count))
        return try (bytes + rest).lendingBytes { (header) throws(ArchiveFault) in try ZipLocalEntry(header, at: offset) }
    }

    private func unpack(
        _ entry: ZipLocalEntry, _ file: GrowingFile, _ root: EarlyFolder, _ unpacker: inout EntryUnpacker
    ) throws(ArchiveFault) {
        if entry.isDirectory {
            guard entry.promise.size == 0 else { throw .malformed("is a directory with content") }
            return
        }
        try root.makeParents(of: entry.path)
        if entry.promise.packedSize >= Self.largeSize, takesHelper() {
            return help(entry, file, root)
        }
        // Only what has arrived is begun, so that a walk that is stopped ends soon.
        _ = try file.wait(for: entry.end)
        if isStopped.load(ordering: .relaxed) { return }
        try unpack(entry, file, &unpacker)
    }

    private func unpack(
        _ entry: ZipLocalEntry, _ file: GrowingFile, _ unpacker: inout EntryUnpacker
    ) throws(ArchiveFault) {
        let packed = PackedEntry.file(file, offset: entry.dataOffset, count: entry.promise.packedSize)
        // Which files are programs only the directory says.
        let digest = try unpacker.unpack(packed, as: entry.path, entry.promise, mode: 0o644)
        state.withLock { state in
            state.claims[entry.headerOffset] = entry
            state.digests[entry.headerOffset] = digest
        }
    }

    /// Unpacks a large entry beside the walk, from its first bytes on.
    private func help(_ entry: ZipLocalEntry, _ file: GrowingFile, _ root: EarlyFolder) {
        state.withLock { state in
            state.claims[entry.headerOffset] = entry
            state.jobs.append(
                Task {
                    await BlockingWork.runApart {
                        defer { Self.helpers.subtract(1, ordering: .relaxed) }
                        do throws(ArchiveFault) {
                            var unpacker = try EntryUnpacker(root: root.descriptor)
                            try self.unpack(entry, file, &unpacker)
                        } catch {
                            let fault = ArchiveError(archive: self.name, entry: entry.spelledName, error)
                            self.state.withLock { if $0.fault == nil { $0.fault = fault } }
                        }
                    }
                })
        }
    }

    private func takesHelper() -> Bool {
        if Self.helpers.add(1, ordering: .relaxed).newValue <= ProcessorThreads.count { return true }
        Self.helpers.subtract(1, ordering: .relaxed)
        return false
    }
}

/// The folder that is unpacked into. Open as long as somebody unpacks.
private final class EarlyFolder: Sendable {
    let descriptor: Int32
    private let made = Mutex<Set<EntryPath>>([])

    init(_ path: FilePath) throws(ArchiveFault) {
        _ = try calling("mkdir \(path)") { mkdir(path.string, 0o755) }
        descriptor = try calling("open \(path)") { open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }

    deinit { close(descriptor) }

    func makeParents(of path: EntryPath) throws(ArchiveFault) {
        guard let parent = path.parent, !made.withLock({ $0.contains(parent) }) else { return }
        try makeParents(of: parent)
        if mkdirat(descriptor, parent.string, 0o755) != 0, errno != EEXIST {
            throw .system(operation: "mkdir '\(parent)'", code: errno)
        }
        made.withLock { _ = $0.insert(parent) }
    }
}

extension GrowingFile {
    /// Fills `bytes` with what begins at `offset`. Waits for it.
    fileprivate func readAll(_ bytes: inout [UInt8], at offset: UInt64) throws(ArchiveFault) {
        var filled = 0
        while filled < bytes.count {
            let start = filled
            let step: Swift.Result<Int, ArchiveFault> = bytes.withUnsafeMutableBytes { buffer in
                do throws(ArchiveFault) {
                    return .success(
                        try read(UnsafeMutableRawBufferPointer(rebasing: buffer[start...]), at: offset + UInt64(start)))
                } catch {
                    return .failure(error)
                }
            }
            filled += try step.get()
        }
    }
}
