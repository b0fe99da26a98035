import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Removes what dead processes left in a staging folder. Files that someone locks, or that are young, stay.
///
/// Usually there is nothing: files without a name vanish with their process. Cost: one look into an empty folder.
func sweepStaging(_ folder: FilePath, olderThan age: Int = 60) {
    guard let stream = opendir(folder.string) else { return }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    let oldest = WallTime.now().seconds - Double(age)
    for name in names { removeUnlessUsed(folder.appending(name), changedBefore: oldest) }
}

private func removeUnlessUsed(_ path: FilePath, changedBefore oldest: Double) {
    guard let file = try? openFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { return }
    var status = stat()
    guard fstat(file.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    #if os(Linux)
    let changed = status.st_mtim.tv_sec
    #else
    let changed = status.st_mtimespec.tv_sec
    #endif
    guard Double(changed) < oldest, flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
    unlink(path.string)
}
