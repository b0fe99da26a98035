import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// For files that do not import the C library.
let openForReading = O_RDONLY
let noSuchFile = ENOENT

/// The operating system's words for an error number.
func systemMessage(_ code: Int32) -> String {
    String(cString: strerror(code))
}

extension DatastoreFault {
    /// What to do about an error number, where that is known.
    static func help(for code: Int32, in operation: String) -> String? {
        switch code {
        case ENOSPC, EDQUOT: "Free some space on that disk, then run again."
        case EACCES, EPERM, EROFS: "Make the folder writable, or name another one with PENSTOCK_ROOT."
        case ENOTDIR, EEXIST: "It takes a folder: remove the file that is in its place, or name another one with PENSTOCK_ROOT."
        case ENOENT where operation == "mkdir": "Nothing can be made there; name another folder with PENSTOCK_ROOT."
        case EMFILE, ENFILE: "Raise the limit of open files ('ulimit -n')."
        default: nil
        }
    }
}

/// Repeats a call that signals may interrupt, and turns -1 into an error about `path`.
func calling<Result: SignedInteger>(
    _ operation: String, _ path: @autoclosure () -> FilePath, _ call: () -> Result
) throws(DatastoreError) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw DatastoreError(path: path().string, .system(operation: operation, code: code)) }
    }
}

/// Opens a file; the descriptor is not handed on to child processes.
func openFile(_ path: FilePath, _ flags: Int32, mode: mode_t = 0o644) throws(DatastoreError) -> OpenFile {
    let descriptor = try calling("open", path) { open(path.string, flags | O_CLOEXEC, mode) }
    return OpenFile(owning: descriptor, path: path)
}

func isFolder(_ path: FilePath) -> Bool {
    var status = stat()
    return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Makes a folder and those above it, unless they are there.
func makeFolder(_ path: FilePath) throws(DatastoreError) {
    if mkdir(path.string, 0o777) == 0 || errno == EEXIST { return }
    let code = errno
    guard code == ENOENT, !path.removingLastComponent().isEmpty, path.lastComponent != nil else {
        throw DatastoreError(path: path.string, .system(operation: "mkdir", code: code))
    }
    try makeFolder(path.removingLastComponent())
    if mkdir(path.string, 0o777) == 0 || errno == EEXIST { return }
    throw DatastoreError(path: path.string, .system(operation: "mkdir", code: errno))
}
