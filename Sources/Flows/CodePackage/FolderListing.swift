import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is in a folder, which stays open for looking at it: close it.
struct FolderListing {
    enum Kind {
        case file
        case folder
        /// A link, or something that the file system does not tell in its listing.
        case other
    }

    struct Entry {
        var name: String
        var kind: Kind
        /// Of a name that is no UTF-8: it has to be found again, if only to be refused.
        fileprivate var bytes: [CChar]?

        var isUTF8: Bool { bytes == nil }

        /// - Parameter folder: with a slash behind it.
        func file(in folder: String) -> FilePath {
            guard let bytes else { return FilePath(folder + name) }
            return FilePath(platformString: folder.utf8.map { CChar(bitPattern: $0) } + bytes)
        }
    }

    #if canImport(Darwin)
    private let stream: UnsafeMutablePointer<DIR>
    #else
    private let stream: OpaquePointer
    #endif
    private(set) var entries: [Entry] = []

    init(_ folder: String) throws(Errno) {
        guard let opened = opendir(folder) else { throw Errno(rawValue: errno) }
        stream = opened
        while let entry = readdir(stream) {
            guard let read = Self.entry(entry), read.name != ".", read.name != ".." else { continue }
            entries.append(read)
        }
    }

    func close() { closedir(stream) }

    /// `nil` when it is gone, or a link that leads nowhere.
    func status(of entry: Entry, followsLinks: Bool) -> stat? {
        var status = stat()
        let flags = followsLinks ? 0 : AT_SYMLINK_NOFOLLOW
        let code = if let bytes = entry.bytes {
            fstatat(dirfd(stream), bytes, &status, flags)
        } else {
            fstatat(dirfd(stream), entry.name, &status, flags)
        }
        return code == 0 ? status : nil
    }

    private static func entry(_ pointer: UnsafeMutablePointer<dirent>) -> Entry? {
        let kind: Kind = switch Int32(pointer.pointee.d_type) {
        case Int32(DT_REG): .file
        case Int32(DT_DIR): .folder
        default: .other
        }
        return withUnsafePointer(to: &pointer.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) { text in
                if let valid = String(validatingCString: text) { return Entry(name: valid, kind: kind, bytes: nil) }
                let bytes = Array(UnsafeBufferPointer(start: text, count: strlen(text) + 1))
                return Entry(name: String(cString: text), kind: kind, bytes: bytes)
            }
        }
    }
}

/// The bytes of a file.
enum WholeFile {
    /// - Parameter size: what it probably has.
    static func read(_ path: FilePath, size: Int = 0) throws(Errno) -> [UInt8] {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        // One more, so that the first call that reads everything is also the one that meets the end.
        var room = max(size + 1, 4096)
        while true {
            var failure: Int32 = 0
            let start = bytes.count
            let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                let read = pread(descriptor, buffer.baseAddress, buffer.count, off_t(start))
                if read < 0 { failure = errno }
                count = max(0, read)
            }
            if failure == EINTR { continue }
            if failure != 0 { throw Errno(rawValue: failure) }
            let isShort = piece.count < room
            bytes = bytes.isEmpty ? piece : bytes + piece
            // A file on a network may give less than there is, so a short answer is believed for the expected size only.
            if piece.isEmpty || (isShort && bytes.count == size) { return bytes }
            room = 1 << 20
        }
    }
}
