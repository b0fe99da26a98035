import Archives
public import CondaPackaging
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A conda package, unpacked in the cache, and what it says of itself.
public struct UnpackedCondaPackage: Sendable {
    /// `numpy-2.1.3-py312_0`, for messages.
    public let name: String
    /// Its files, with `info` among them.
    public let folder: FilePath
    public let paths: PackagePaths
    public let link: PackageLink

    /// The folder `info`.
    public var information: FilePath { folder.appending("info") }

    /// Reads what is in `info/` of an unpacked package. Blocks.
    ///
    /// - Parameter folder: What `CondaPackageCache` has made, or `CondaArchive`.
    public init(name: String, at folder: FilePath) throws(CondaPrefixError) {
        self.name = name
        self.folder = folder
        let info = folder.appending("info")
        let link = try Self.parse(info.appending("link.json"), of: name) { bytes throws(RepodataError) in
            try PackageLink(json: bytes)
        }
        self.link = link ?? PackageLink()
        paths = try Self.paths(in: info, of: name, folder)
    }

    private static func paths(
        in info: FilePath, of name: String, _ folder: FilePath
    ) throws(CondaPrefixError) -> PackagePaths {
        let found = try parse(info.appending("paths.json"), of: name) { bytes throws(RepodataError) in
            try PackagePaths(json: bytes)
        }
        if let found { return found }
        guard let files = try SmallText.read(info.appending("files"), of: name) else {
            throw .information(package: name, file: "info/paths.json", reason: "is missing, and so is info/files")
        }
        var paths = PackagePaths(
            files: files, hasPrefix: try SmallText.read(info.appending("has_prefix"), of: name),
            noLink: try SmallText.read(info.appending("no_link"), of: name))
        // Older packages do not say what a path is.
        for place in paths.entries.indices {
            var status = stat()
            guard let path = try? EntryPath(parsing: paths.entries[place].path),
                lstat(folder.pushing(FilePath(path.string)).string, &status) == 0
            else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFLNK: paths.entries[place].kind = .softLink
            case S_IFDIR: paths.entries[place].kind = .directory
            default: break
            }
        }
        return paths
    }

    private static func parse<Value>(
        _ file: FilePath, of package: String, _ body: (UnsafeBufferPointer<UInt8>) throws(RepodataError) -> Value
    ) throws(CondaPrefixError) -> Value? {
        guard let bytes = try SmallText.bytes(file, of: package) else { return nil }
        do {
            return try bytes.withBytes(body)
        } catch {
            throw .information(package: package, file: "info/\(file.lastComponent?.string ?? "")", reason: "has no meaning: \(error)")
        }
    }
}

/// Files of a package that are read as a whole.
enum SmallText {
    /// More is no description of a package.
    private static let most = 512 << 20

    static func bytes(_ file: FilePath, of package: String) throws(CondaPrefixError) -> [UInt8]? {
        let descriptor = open(file.string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            if errno == ELOOP { throw .information(package: package, file: file.lastComponent?.string ?? "", reason: "is a link") }
            throw .system(operation: "open", path: file.string, code: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(operation: "read", path: file.string, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= most else {
            throw .information(package: package, file: file.lastComponent?.string ?? "", reason: "is no file of a sensible size")
        }
        return try FileBytes.read(descriptor, count: Int(status.st_size), file.string)
    }

    static func read(_ file: FilePath, of package: String) throws(CondaPrefixError) -> String? {
        try bytes(file, of: package).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Reading and writing of whole files by their descriptors.
enum FileBytes {
    static func read(_ descriptor: Int32, count: Int, _ path: String) throws(CondaPrefixError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let step = systemRead(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
                if step < 0, errno == EINTR { continue }
                if step < 0 { code = errno }
                guard step > 0 else { return }
                filled += step
            }
        }
        guard code == 0 else { throw .system(operation: "read", path: path, code: code) }
        return bytes
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(CondaPrefixError) {
        var offset = 0
        while offset < bytes.count {
            let step = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset) }
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else { throw .system(operation: "write", path: path, code: errno) }
            offset += step
        }
    }
}

// Inside `FileBytes` the names `read` and `write` mean its own.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
