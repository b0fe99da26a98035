package import Digests
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What lies in the folders of a store, whatever is recorded of it.
package struct StoreFiles: Sendable {
    /// A blob that has a file of its own.
    package struct Loose: Sendable, Hashable {
        package var digest: SHA256Digest
        package var codec: BlobCodec
        package var path: FilePath
        /// Bytes of the file.
        package var size: Int64
    }

    /// A pack.
    package struct Pack: Sendable, Hashable {
        package var name: String
        package var path: FilePath
        package var size: Int64
    }

    /// The log of a run.
    package struct Log: Sendable, Hashable {
        package var flow: String
        package var run: String
        package var path: FilePath
        package var size: Int64
    }

    package let location: StoreLocation

    package init(_ location: StoreLocation) {
        self.location = location
    }

    /// Files with other names than blobs have are left out, here as below: they are not the store's.
    package func loose() throws(DatastoreError) -> [Loose] {
        var found: [Loose] = []
        for folder in try names(in: location.blobs) where folder.count == 2 {
            for name in try names(in: location.blobs.appending(folder)) {
                let isCompressed = name.hasSuffix(".zst")
                guard let digest = SHA256Digest(hex: isCompressed ? String(name.dropLast(4)) : name),
                    digest.hex.hasPrefix(folder)
                else { continue }
                let path = location.blobs.appending(folder).appending(name)
                guard let size = fileSize(path) else { continue }
                found.append(Loose(digest: digest, codec: isCompressed ? .zstd : .plain, path: path, size: size))
            }
        }
        return found
    }

    package func packs() throws(DatastoreError) -> [Pack] {
        try names(in: location.packs).filter { $0.hasSuffix(".pack") }.compactMap { name in
            let path = location.packs.appending(name)
            return fileSize(path).map { Pack(name: name, path: path, size: $0) }
        }
    }

    package func logs() throws(DatastoreError) -> [Log] {
        var found: [Log] = []
        for flow in try names(in: location.logs) {
            for name in try names(in: location.logs.appending(flow)) where name.hasSuffix(".log") {
                let path = location.logs.appending(flow).appending(name)
                guard let size = fileSize(path) else { continue }
                found.append(Log(flow: flow, run: String(name.dropLast(4)), path: path, size: size))
            }
        }
        return found
    }

    /// Removes a file; one that is gone is no matter.
    package func remove(_ path: FilePath) throws(DatastoreError) {
        do throws(DatastoreError) {
            _ = try calling("unlink", path) { unlink(path.string) }
        } catch {
            guard case .system(_, noSuchFile) = error.fault else { throw error }
        }
    }

    /// Removes the log of a run, unless an engine writes it.
    ///
    /// - Returns: whether there is none any more.
    package func removeLog(flow: String, run: String) throws(DatastoreError) -> Bool {
        if RunLogReader.isBeingWritten(location, flow: flow, run: run) { return false }
        let path = try location.log(flow: flow, run: run)
        try remove(path)
        // The folder of the flow goes with its last log.
        rmdir(path.removingLastComponent().string)
        return true
    }
}

/// The names in a folder, in order, without those that begin with a period; none where there is no folder.
func names(in folder: FilePath) throws(DatastoreError) -> [String] {
    guard let stream = opendir(folder.string) else {
        if errno == ENOENT { return [] }
        throw DatastoreError(path: folder.string, .system(operation: "opendir", code: errno))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
}

/// Bytes of a plain file; `nil` for anything else.
private func fileSize(_ path: FilePath) -> Int64? {
    var status = stat()
    guard lstat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
}
