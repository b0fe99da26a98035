import CFileNames
package import PackageSources
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whole folders with everything below them.
package enum FileTree {
    /// Moves a finished draft to its place. What stands there already gives way; where the file system can exchange two
    /// names, there is no moment at which nothing is there.
    package static func publish(_ draft: FilePath, at place: FilePath, in cache: CacheDirectory) throws(EnvironmentError) {
        if rename(draft.string, place.string) == 0 { return }
        guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else {
            throw .system(operation: "publish", path: place.string, code: errno)
        }
        if penstock_exchange_names(draft.string, place.string) == 0 { return remove(draft) }
        let old = cache.temporaryName(beside: place)
        guard rename(place.string, old.string) == 0, rename(draft.string, place.string) == 0 else {
            throw .system(operation: "publish", path: place.string, code: errno)
        }
        remove(old)
    }

    /// Removes a file or a folder with everything in it, as far as possible. Links are not followed.
    package static func remove(_ path: FilePath) {
        if unlink(path.string) == 0 { return }
        let parent = open(path.removingLastComponent().string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0, let name = path.lastComponent?.string else { return }
        defer { close(parent) }
        remove(name, in: parent)
    }

    private static func remove(_ name: String, in parent: Int32) {
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // The stream owns the descriptor.
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return
        }
        var folders: [String] = []
        while let entry = readdir(stream) {
            withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { child in
                    let isFolder = unlinkat(descriptor, child, 0) != 0
                    let text = isFolder ? String(cString: child) : ""
                    if isFolder, text != ".", text != ".." { folders.append(text) }
                }
            }
        }
        for folder in folders { remove(folder, in: descriptor) }
        closedir(stream)
        unlinkat(parent, name, AT_REMOVEDIR)
    }

    /// Whether anything has that name, be it a link that leads nowhere.
    static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0
    }

    /// The names in a folder; empty if it cannot be read.
    package static func names(in folder: FilePath) -> [String] {
        guard let stream = opendir(folder.string) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { names.append(String(cString: $0)) }
            }
        }
        return names
    }
}
