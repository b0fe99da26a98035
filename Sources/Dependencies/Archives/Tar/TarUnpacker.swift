import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Unpacks a tar archive that comes in pieces, so that a large one needs little memory. One thread at a time.
///
/// Every entry is judged before anything of it is written (`TarAdmission`). Symbolic links are made last, so that nothing
/// can be written through one. What is there when an archive is refused half way is for the caller to remove.
final class TarUnpacker {
    private enum State {
        case header
        /// The content of a file, being written.
        case file(descriptor: Int32, rest: UInt64, time: Int64)
        /// The body of a header that stands in front of another one.
        case prelude(TarHeader, rest: UInt64)
        case skipping(UInt64)
        case ended
    }

    private let root: Int32
    private let limits: ArchiveLimits
    private let archiveSize: UInt64
    private let keepsTimes: Bool
    private var admission: TarAdmission
    private var state = State.header
    /// The part of a block that has come, or of the body of a prelude.
    private var pending: [UInt8] = []
    private var prelude = TarPrelude()
    private var padding: UInt64 = 0
    private var total: UInt64 = 0
    private var directoryCount = 0
    private var links: [(path: EntryPath, target: String)] = []
    /// The entry that is being unpacked, for messages.
    private(set) var currentName: String?

    /// Headers in front of others hold names; none is longer.
    private static let longestPrelude: UInt64 = 1 << 20

    /// - Parameters:
    ///   - folder: must exist, and be empty.
    ///   - archiveSize: of the packed archive, in bytes.
    ///   - keepsTimes: whether files get the times that the archive gives them.
    init(
        into folder: FilePath, archiveSize: UInt64, limits: ArchiveLimits, keepsTimes: Bool = false
    ) throws(ArchiveFault) {
        root = try calling("open \(folder)") { open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        self.limits = limits
        self.archiveSize = archiveSize
        self.keepsTimes = keepsTimes
        admission = TarAdmission(limits)
    }

    deinit {
        if case .file(let descriptor, _, _) = state { close(descriptor) }
        close(root)
    }

    /// Takes the next bytes of the archive.
    func unpack(_ bytes: UnsafeRawBufferPointer) throws(ArchiveFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .header:
                rest = collect(rest, upTo: UInt64(TarHeader.blockSize))
                if pending.count == TarHeader.blockSize { try takeHeader() }
            case .prelude(let header, let size):
                rest = collect(rest, upTo: size)
                if UInt64(pending.count) == size { try takePrelude(header) }
            case .file(let descriptor, let size, let time):
                let part = rest.prefix(Int(clamping: size))
                try writeAll(UnsafeRawBufferPointer(rebasing: part), to: descriptor)
                rest = rest[part.endIndex...]
                try advance(descriptor, to: size - UInt64(part.count), time)
            case .skipping(let size):
                let part = rest.prefix(Int(clamping: size))
                rest = rest[part.endIndex...]
                let left = size - UInt64(part.count)
                state = left == 0 ? .header : .skipping(left)
            case .ended:
                // Padding, which has no meaning; honest archives have some kilobytes of it.
                total += UInt64(rest.count)
                return try limits.check(total: total, archiveSize: archiveSize)
            }
        }
    }

    /// Makes ready for another archive that belongs into the same folder, after one that is complete.
    func beginNext() throws(ArchiveFault) {
        guard case .ended = state else { throw .truncated }
        state = .header
    }

    /// Checks that the archive is complete, and makes the links.
    func finish() throws(ArchiveFault) {
        guard case .ended = state else { throw .truncated }
        for (path, target) in links {
            currentName = path.string
            _ = try creating(path.string) { symlinkat(target, root, path.string) }
        }
    }

    private func collect(
        _ bytes: Slice<UnsafeRawBufferPointer>, upTo size: UInt64
    ) -> Slice<UnsafeRawBufferPointer> {
        let part = bytes.prefix(Int(clamping: size) - pending.count)
        pending.append(contentsOf: part)
        return bytes[part.endIndex...]
    }

    private func takeHeader() throws(ArchiveFault) {
        currentName = nil
        let block = pending
        pending.removeAll(keepingCapacity: true)
        guard let header = try TarHeader(block: block[...]) else {
            guard prelude.isEmpty else { throw .truncated }
            state = .ended
            return
        }
        guard TarPrelude.isPart(header) else {
            let whole = try prelude.complete(header)
            prelude = TarPrelude()
            return try begin(whole)
        }
        guard header.size <= Self.longestPrelude else { throw .overLimit("a name of more than a megabyte") }
        state = .prelude(header, rest: header.size)
        if header.size == 0 { try takePrelude(header) }
    }

    private func takePrelude(_ header: TarHeader) throws(ArchiveFault) {
        let body = pending
        pending.removeAll(keepingCapacity: true)
        try prelude.add(header, body[...])
        pass(header.size & 511 == 0 ? 0 : 512 - header.size & 511)
    }

    private func begin(_ header: TarHeader) throws(ArchiveFault) {
        currentName = header.name
        let entry = try admission.admit(header)
        total += entry.size
        try limits.check(total: total, archiveSize: archiveSize)
        try makeDirectories()
        let path = entry.path.string
        padding = entry.size & 511 == 0 ? 0 : 512 - entry.size & 511
        switch entry.kind {
        case .directory: pass(entry.size + padding)
        case .symbolicLink(let target): links.append((entry.path, target))
        case .hardLink(let target):
            _ = try creating(path) { linkat(root, target.string, root, path, 0) }
        case .file(let isExecutable):
            let descriptor = try creating(path) {
                openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isExecutable ? 0o755 : 0o644)
            }
            try advance(descriptor, to: entry.size, header.modificationTime)
        }
    }

    /// Folders that entries name, or that their paths need.
    private func makeDirectories() throws(ArchiveFault) {
        for folder in admission.directories[directoryCount...] {
            _ = try creating(folder.string) { mkdirat(root, folder.string, 0o755) }
            directoryCount += 1
        }
    }

    private func advance(_ descriptor: Int32, to rest: UInt64, _ time: Int64) throws(ArchiveFault) {
        state = .file(descriptor: descriptor, rest: rest, time: time)
        guard rest == 0 else { return }
        pass(padding)
        if keepsTimes {
            let moment = timespec(tv_sec: Int(clamping: time), tv_nsec: 0)
            futimens(descriptor, [moment, moment])
        }
        // Some file systems tell only now that the disk is full.
        guard close(descriptor) == 0 else { throw .system(operation: "write", code: errno) }
    }

    private func pass(_ count: UInt64) { state = count == 0 ? .header : .skipping(count) }
}
