import PythonPackaging
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks for distributions on this machine. Everything in it blocks.
enum LocalFolder {
    enum Kind { case missing, file, folder }

    static func kind(of path: FilePath) -> Kind {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return .missing }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    /// In bytes; `nil` for what is not there.
    static func size(of path: FilePath) -> Int64? {
        var status = stat()
        return stat(path.string, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// The wheels and source distributions that lie in a folder, by name.
    static func distributions(in folder: FilePath) throws(PackageSourceError) -> [IndexFile] {
        guard let stream = opendir(folder.string) else {
            throw .localFile(path: folder.string, reason: systemMessage(errno))
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if (try? DistributionFilename(parsing: name)) != nil { names.append(name) }
        }
        return names.sorted().compactMap { file(folder.appending($0)) }
    }

    /// One distribution; `nil` if the name is not that of one, or there is no such file.
    static func file(_ path: FilePath) -> IndexFile? {
        guard let name = path.lastComponent?.string, (try? DistributionFilename(parsing: name)) != nil,
            kind(of: path) == .file
        else { return nil }
        return IndexFile(filename: name, url: FileURL.url(path), size: size(of: path))
    }

    /// The content of a file of moderate size.
    static func content(of path: FilePath, limit: Int) throws(PackageSourceError) -> [UInt8] {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .localFile(path: path.string, reason: systemMessage(errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .localFile(path: path.string, reason: systemMessage(errno))
            }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw .tooLarge(url: path.string, limit: Int64(limit)) }
            bytes += chunk[..<count]
        }
    }
}
