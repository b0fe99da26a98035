import Archives
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension FolderObjectStore {
    /// The whole listing is one page: a folder is read anew for each.
    package func list(_ prefix: String, byFolder: Bool, from position: String?) async throws(ObjectStoreError) -> ObjectPage {
        try await BlockingWork.run { () throws(ObjectStoreError) in
            var page = ObjectPage(objects: [], folders: [], next: nil)
            let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
            try visit(folder, prefix, byFolder: byFolder, &page)
            page.objects.sort { $0.key < $1.key }
            page.folders.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            return page
        }
    }

    /// - Parameter folder: empty, or ends with `/`.
    private func visit(_ folder: String, _ prefix: String, byFolder: Bool, _ page: inout ObjectPage) throws(ObjectStoreError) {
        for name in try names(in: root.appending(FilePath(folder).components), folder) where !name.hasPrefix(".new-") {
            let text = folder + name
            // What lies beside the prefix's folder, and what no one put there by a key.
            guard text.hasPrefix(prefix) || prefix.hasPrefix(text + "/"), let key = try? ObjectKey(text) else { continue }
            var status = stat()
            // One that is gone by now was removed meanwhile.
            guard stat(path(key).string, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG where text.hasPrefix(prefix): page.objects.append(ObjectInfo(key, status))
            case S_IFDIR where byFolder && text.hasPrefix(prefix): page.folders.append(text + "/")
            case S_IFDIR: try visit(text + "/", prefix, byFolder: byFolder, &page)
            default: continue
            }
        }
    }

    private func names(in path: FilePath, _ folder: String) throws(ObjectStoreError) -> [String] {
        guard let stream = opendir(path.string) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw failure("opendir", folder)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(validating: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if let name, name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
