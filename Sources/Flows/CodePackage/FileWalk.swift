import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that a walk found.
struct FoundFile {
    var file: FilePath
    /// From the folder of the walk, with `/`.
    var relativePath: String
    var size: Int64
    var isExecutable: Bool
}

/// Walks through a folder and those below, links to folders included.
///
/// A folder behind a link is entered once on each way down: a link to the folder that holds it adds one nested copy,
/// two links to the same folder both count, and no cycle goes on. A virtual environment that lies in the folder is left
/// out: libraries that somebody installed are not the flow's code.
struct FileWalk {
    private let filter: NameFilter
    private let limits: PackageLimits
    private let root: FilePath
    private var found: [FoundFile] = []
    private var folderCount = 0
    private var byteCount: Int64 = 0

    /// What marks a virtual environment (PEP 405).
    private static let environmentMark = Array("pyvenv.cfg".utf8)

    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    /// The files below `folder`, in no particular order.
    static func files(
        in folder: FilePath, _ filter: NameFilter, limits: PackageLimits
    ) throws(CodePackageError) -> [FoundFile] {
        var walk = FileWalk(filter: filter, limits: limits, root: folder)
        guard let names = try walk.names(in: folder) else {
            throw .system(folder, operation: "opendir", code: EACCES)
        }
        try walk.visit(names, in: folder, path: "", followed: [])
        return walk.found
    }

    private init(filter: NameFilter, limits: PackageLimits, root: FilePath) {
        self.filter = filter
        self.limits = limits
        self.root = root
    }

    private mutating func visit(
        _ names: [[UInt8]], in folder: FilePath, path: String, followed: Set<Identity>
    ) throws(CodePackageError) {
        for bytes in names {
            let name = String(decoding: bytes, as: UTF8.self)
            guard filter.acceptsFolder(name) || filter.acceptsFile(name) else { continue }
            // By its bytes: a name that is not UTF-8 has to be found again, if only to be refused.
            let component = FilePath(platformString: bytes.map { CChar(bitPattern: $0) } + [0])
            let child = folder.appending(component.components)
            try visit(child, name: name, path: path + name, isUTF8: name.utf8.elementsEqual(bytes), followed)
        }
    }

    private mutating func visit(
        _ child: FilePath, name: String, path: String, isUTF8: Bool, _ followed: Set<Identity>
    ) throws(CodePackageError) {
        guard let (status, isLink) = try look(at: child, isWanted: filter.acceptsFile(name)) else { return }
        switch status.st_mode & S_IFMT {
        case S_IFDIR where filter.acceptsFolder(name):
            try enter(child, path, Identity(status), isLink: isLink, followed)
        case S_IFDIR: return
        case S_IFREG where filter.acceptsFile(name):
            guard isUTF8 else { throw .unusableName(child) }
            try add(child, path, status)
        case _ where filter.acceptsFile(name): throw .notAFile(child)
        default: return
        }
    }

    private mutating func enter(
        _ folder: FilePath, _ path: String, _ identity: Identity, isLink: Bool, _ followed: Set<Identity>
    ) throws(CodePackageError) {
        var followed = followed
        if isLink, !followed.insert(identity).inserted { return }
        folderCount += 1
        if folderCount > limits.folders { throw .tooMuch(what: "more than \(limits.folders) folders", folder: root) }
        // What this person cannot read, the flow cannot import either.
        guard let names = try names(in: folder), !names.contains(Self.environmentMark) else { return }
        try visit(names, in: folder, path: path + "/", followed: followed)
    }

    private mutating func add(_ file: FilePath, _ path: String, _ status: stat) throws(CodePackageError) {
        byteCount += Int64(status.st_size)
        found.append(
            FoundFile(
                file: file, relativePath: path, size: Int64(status.st_size),
                isExecutable: status.st_mode & S_IXUSR != 0))
        if found.count > limits.files { throw .tooMuch(what: "more than \(limits.files) files", folder: root) }
        if byteCount > limits.bytes { throw .tooMuch(what: "more than \(limits.bytes) bytes", folder: root) }
    }

    /// What stands there, links followed; `nil` when it is gone, or leads nowhere and is not wanted.
    private func look(at path: FilePath, isWanted: Bool) throws(CodePackageError) -> (stat, isLink: Bool)? {
        var own = stat()
        guard path.withPlatformString({ lstat($0, &own) }) == 0 else { return nil }
        guard own.st_mode & S_IFMT == S_IFLNK else { return (own, false) }
        var target = stat()
        if path.withPlatformString({ stat($0, &target) }) == 0 { return (target, true) }
        if isWanted { throw .danglingLink(path) }
        return nil
    }

    /// The names in a folder, as bytes; `nil` when it cannot be read or is gone.
    private func names(in folder: FilePath) throws(CodePackageError) -> [[UInt8]]? {
        guard let stream = folder.withPlatformString({ opendir($0) }) else {
            if [EACCES, ENOENT].contains(errno), folder != root { return nil }
            throw .system(folder, operation: "opendir", code: errno)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [46], name != [46, 46] { names.append(name) }
        }
        return names
    }
}
