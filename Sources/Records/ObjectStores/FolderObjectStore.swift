import Archives
import PackageSources
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder as an object store: each object is a file. For a disk that several machines share, and for tests.
///
/// Files are written beside and then linked or renamed into place. What a killed writer leaves begins with `.new-`, and is
/// never listed.
package struct FolderObjectStore: ObjectStore {
    /// Absolute.
    package let root: FilePath

    package init(root: FilePath) { self.root = root }

    package var address: String { FileURL.url(root) }

    package func info(of key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        try await BlockingWork.run { () throws(ObjectStoreError) in
            try reading(key) { descriptor throws(ObjectStoreError) in try info(of: key, descriptor) }
        }
    }

    package func read(_ key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) -> [UInt8]? {
        try await BlockingWork.run { () throws(ObjectStoreError) in
            try reading(key) { descriptor throws(ObjectStoreError) in
                let size = try info(of: key, descriptor).size
                let wanted = (range ?? 0..<size).clamped(to: 0..<max(size, 0))
                var bytes: [UInt8] = []
                bytes.reserveCapacity(wanted.count)
                try forEachPiece(wanted, of: descriptor, key) { piece throws(ObjectStoreError) in bytes += piece }
                return bytes
            }
        }
    }

    package func download(_ key: ObjectKey, to target: Int32) async throws(ObjectStoreError) -> ObjectInfo? {
        try await BlockingWork.run { () throws(ObjectStoreError) in
            try reading(key) { descriptor throws(ObjectStoreError) in
                let info = try info(of: key, descriptor)
                var offset: Int64 = 0
                try forEachPiece(0..<info.size, of: descriptor, key) { piece throws(ObjectStoreError) in
                    try write(piece, to: target, at: offset, key.text)
                    offset += Int64(piece.count)
                }
                return info
            }
        }
    }

    package func put(_ bytes: [UInt8], as key: ObjectKey, _ condition: PutCondition) async throws(ObjectStoreError) -> PutOutcome {
        try await store(key, condition) { descriptor throws(ObjectStoreError) in
            try write(bytes[...], to: descriptor, at: 0, key.text)
        }
    }

    package func upload(
        _ range: Range<Int64>, of source: Int32, as key: ObjectKey, _ condition: PutCondition
    ) async throws(ObjectStoreError) -> PutOutcome {
        try await store(key, condition) { descriptor throws(ObjectStoreError) in
            var offset: Int64 = 0
            try forEachPiece(range, of: source, key) { piece throws(ObjectStoreError) in
                try write(piece, to: descriptor, at: offset, key.text)
                offset += Int64(piece.count)
            }
        }
    }

    package func remove(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        try await BlockingWork.run { () throws(ObjectStoreError) in
            for key in keys where unlink(path(key).string) != 0 && errno != ENOENT && errno != ENOTDIR {
                throw failure("unlink", key.text)
            }
        }
    }

    package func fetchAddress(of key: ObjectKey, validFor validity: Duration) async throws(ObjectStoreError) -> String {
        FileURL.url(path(key))
    }
}

// MARK: Files

extension FolderObjectStore {
    func path(_ key: ObjectKey) -> FilePath { root.appending(FilePath(key.text).components) }

    func failure(_ operation: String, _ path: String) -> ObjectStoreError {
        .system(store: address, path: path, operation: operation, code: errno)
    }

    private func reading<Value>(
        _ key: ObjectKey, _ body: (Int32) throws(ObjectStoreError) -> Value
    ) throws(ObjectStoreError) -> Value? {
        let descriptor = open(path(key).string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("open", key.text)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return try body(descriptor)
    }

    private func info(of key: ObjectKey, _ descriptor: Int32) throws(ObjectStoreError) -> ObjectInfo {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat", key.text) }
        return ObjectInfo(key, status)
    }

    private func forEachPiece(
        _ range: Range<Int64>, of descriptor: Int32, _ key: ObjectKey, _ body: (ArraySlice<UInt8>) throws(ObjectStoreError) -> Void
    ) throws(ObjectStoreError) {
        var buffer = [UInt8](repeating: 0, count: Int(min(Int64(range.count), 1 << 20)))
        var offset = range.lowerBound
        while offset < range.upperBound {
            let wanted = Int(min(Int64(buffer.count), range.upperBound - offset))
            let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(offset)) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw failure("read", key.text) }
            if count == 0 { throw .shortInput(store: address, key: key.text) }
            try body(buffer[..<count])
            offset += Int64(count)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, at offset: Int64, _ path: String) throws(ObjectStoreError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset) + off_t(done)) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw failure("write", path) }
            done += count
        }
    }

    private func store(
        _ key: ObjectKey, _ condition: PutCondition, _ fill: @escaping @Sendable (Int32) throws(ObjectStoreError) -> Void
    ) async throws(ObjectStoreError) -> PutOutcome {
        try await BlockingWork.run { () throws(ObjectStoreError) in
            let target = path(key)
            if condition == .ifAbsent, access(target.string, F_OK) == 0 { return .wasThere }
            let folder = target.removingLastComponent()
            try makeFolder(folder)
            let draft = folder.appending(".new-\(getpid())-\(UInt64.random(in: .min ... .max))")
            let descriptor = open(draft.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw failure("open", key.text) }
            defer { unlink(draft.string) }
            do throws(ObjectStoreError) { try fill(descriptor) } catch {
                close(descriptor)
                throw error
            }
            // Shared disks may tell only now that they could not write.
            guard close(descriptor) == 0 else { throw failure("close", key.text) }
            switch condition {
            case .always:
                guard rename(draft.string, target.string) == 0 else { throw failure("rename", key.text) }
            case .ifAbsent:
                // A link, unlike a rename, fails when the name is there.
                guard link(draft.string, target.string) == 0 else {
                    if errno == EEXIST { return .wasThere }
                    throw failure("link", key.text)
                }
            }
            return .stored
        }
    }

    private func makeFolder(_ folder: FilePath) throws(ObjectStoreError) {
        if mkdir(folder.string, 0o777) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, folder.lastComponent != nil else { throw failure("mkdir", folder.string) }
        try makeFolder(folder.removingLastComponent())
        if mkdir(folder.string, 0o777) != 0, errno != EEXIST { throw failure("mkdir", folder.string) }
    }
}

extension ObjectInfo {
    init(_ key: ObjectKey, _ status: stat) {
        #if canImport(Darwin)
        let modified = status.st_mtimespec
        #else
        let modified = status.st_mtim
        #endif
        self.init(
            key: key, size: Int64(status.st_size), modified: Int64(modified.tv_sec),
            tag: "\(status.st_ino)-\(status.st_size)-\(modified.tv_sec).\(modified.tv_nsec)")
    }
}

/// The operating system's words for an error number.
func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }
