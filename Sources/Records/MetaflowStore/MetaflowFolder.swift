package import Datastore
import FoundationEssentials
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder in which Metaflow keeps runs.
package struct MetaflowFolder: Sendable, Hashable {
    package static let name = ".metaflow"

    /// The folder itself, absolute.
    package let root: FilePath

    package init(root: FilePath) {
        self.root = root
    }

    /// The folder beside a store; `nil` when there is none.
    package init?(beside store: StoreLocation) {
        self.init(existing: store.root.removingLastComponent().appending(Self.name))
    }

    /// The folder where Metaflow would look for it: below `METAFLOW_DATASTORE_SYSROOT_LOCAL` or `PENSTOCK_ROOT` when one is set, else the
    /// nearest from the working directory upward. `nil` when there is none.
    package init?(environment: [String: String], workingDirectory: FilePath) {
        for variable in ["METAFLOW_DATASTORE_SYSROOT_LOCAL", "PENSTOCK_ROOT"] {
            guard let value = environment[variable], !value.isEmpty else { continue }
            let parent = workingDirectory.pushing(FilePath(value)).lexicallyNormalized()
            self.init(existing: parent.appending(Self.name))
            return
        }
        var folder = workingDirectory.lexicallyNormalized()
        repeat {
            if let found = MetaflowFolder(existing: folder.appending(Self.name)) {
                self = found
                return
            }
        } while folder.removeLastComponent()
        return nil
    }

    private init?(existing root: FilePath) {
        var status = stat()
        guard stat(root.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        self.init(root: root)
    }

    /// The place of parts below the folder; `nil` when one of them is no plain name, and would lead elsewhere.
    func path(_ parts: [String]) -> FilePath? {
        guard parts.allSatisfy(Self.isName) else { return nil }
        return parts.reduce(root) { $0.appending($1) }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix(".") && text.utf8.count <= 255
            && !text.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    /// What is recorded of an object; `nil` when there is none.
    func record(_ parts: [String]) throws(MetaflowStoreError) -> ObjectRecord? {
        guard let path = path(parts) else { return nil }
        return try read(ObjectRecord.self, path.appending("_meta").appending("_self.json"))
    }

    /// The objects right below one, each with its record, by name. One whose record cannot be read is left out: it must not hide the
    /// others.
    func children(of parts: [String]) throws(MetaflowStoreError) -> [(name: String, record: ObjectRecord)] {
        guard let folder = path(parts) else { return [] }
        return try names(in: folder).compactMap { name in
            (try? record(parts + [name])).flatMap { $0 }.map { (name, $0) }
        }
    }

    /// The names in a folder, in order, without those that begin with a period; none where there is no folder.
    func names(in folder: FilePath) throws(MetaflowStoreError) -> [String] {
        guard let stream = opendir(folder.string) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw MetaflowStoreError(path: folder.string, .system(errno))
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

    /// The value of a JSON file; `nil` when there is no such file.
    func read<Value: Decodable>(_ type: Value.Type, _ path: FilePath) throws(MetaflowStoreError) -> Value? {
        guard let bytes = try bytes(of: path) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch {
            throw MetaflowStoreError(path: path.string, .malformed)
        }
    }

    /// The bytes of a file; `nil` when there is none.
    func bytes(of path: FilePath) throws(MetaflowStoreError) -> Data? {
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter {
                var data = Data()
                var buffer = [UInt8](repeating: 0, count: 1 << 14)
                while true {
                    let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                    if count == 0 { return data }
                    data.append(contentsOf: buffer[..<count])
                    if buffer.count < 1 << 20 { buffer = [UInt8](repeating: 0, count: buffer.count * 8) }
                }
            }
        } catch let error as Errno {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw MetaflowStoreError(path: path.string, .system(error.rawValue))
        } catch {
            throw MetaflowStoreError(path: path.string, .malformed)
        }
    }
}
