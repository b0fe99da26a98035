import Archives
import Crypto
import Datastore
import FoundationEssentials
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The values that the runs of one flow have stored, by SHA-1.
struct MetaflowValues: Sendable {
    let folder: MetaflowFolder
    let flow: String

    private struct Form: Decodable {
        var isRaw: Bool?
        var version: Int?

        private enum CodingKeys: String, CodingKey {
            case isRaw = "cas_raw"
            case version = "cas_version"
        }
    }

    /// Whether a text can name a value.
    static func isName(_ sha: String) -> Bool {
        sha.utf8.count == 40 && sha.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
    }

    /// The plain bytes of a value, checked.
    ///
    /// - Parameter limit: more than these are refused before they are in memory.
    func read(_ sha: String, limit: Int = 1 << 30) throws(MetaflowStoreError) -> [UInt8] {
        let (path, form) = try place(of: sha)
        guard let stored = try folder.bytes(of: path) else { throw MetaflowStoreError(path: path.string, .missing(sha: sha)) }
        var content = Array(stored)
        if form?.isRaw != true {
            do throws(ArchiveError) {
                content = try Gzip.decompress(content, limit: limit, name: path.string)
            } catch {
                throw MetaflowStoreError(path: path.string, .damaged(sha: sha, "cannot be decompressed"))
            }
        }
        var hasher = Insecure.SHA1()
        hasher.update(data: content)
        try check(hasher.finalize(), is: sha, path)
        return content
    }

    /// A descriptor of a file without a name that holds the plain bytes, checked, at position 0; for the caller to close. Memory does
    /// not grow with the size.
    func open(_ sha: String) throws(MetaflowStoreError) -> (descriptor: Int32, size: Int64) {
        let (path, form) = try place(of: sha)
        do {
            let input = try opened(path, sha)
            defer { try? input.close() }
            let output = try UnnamedFile.make()
            var isKept = false
            defer { if !isKept { try? output.close() } }
            var hasher = Insecure.SHA1()
            let size: Int64
            if form?.isRaw == true {
                size = try Self.copy(from: input, to: output) { hasher.update(bufferPointer: $0) }
            } else {
                size = try Gzip.decompress(from: input, to: output, name: path.string) { hasher.update(bufferPointer: $0) }
            }
            try check(hasher.finalize(), is: sha, path)
            try output.seek(offset: 0, from: .start)
            isKept = true
            return (output.rawValue, size)
        } catch let error as MetaflowStoreError {
            throw error
        } catch let error as Errno {
            throw MetaflowStoreError(path: path.string, .system(error.rawValue))
        } catch {
            throw MetaflowStoreError(path: path.string, .damaged(sha: sha, "cannot be decompressed"))
        }
    }

    private func opened(_ path: FilePath, _ sha: String) throws -> FileDescriptor {
        do {
            return try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch let error as Errno where error == .noSuchFileOrDirectory {
            throw MetaflowStoreError(path: path.string, .missing(sha: sha))
        }
    }

    private static func copy(
        from input: FileDescriptor, to output: FileDescriptor, observing: (UnsafeRawBufferPointer) -> Void
    ) throws -> Int64 {
        var size: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
            if count == 0 { return size }
            try buffer[..<count].withUnsafeBytes { bytes in
                observing(bytes)
                try output.writeAll(bytes)
            }
            size += Int64(count)
        }
    }

    private func place(of sha: String) throws(MetaflowStoreError) -> (FilePath, Form?) {
        guard Self.isName(sha), let folder = self.folder.path([flow, "data", String(sha.prefix(2))]) else {
            throw MetaflowStoreError(path: self.folder.root.string, .missing(sha: sha))
        }
        let form = try self.folder.read(Form.self, folder.appending(sha + "_meta"))
        // Before there were forms, everything was compressed.
        if let version = form?.version, version != 1 {
            throw MetaflowStoreError(path: folder.appending(sha).string, .newer(version: version))
        }
        return (folder.appending(sha), form)
    }

    private func check(_ digest: Insecure.SHA1Digest, is sha: String, _ path: FilePath) throws(MetaflowStoreError) {
        let digits = Array("0123456789abcdef".utf8)
        let text = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        if text != sha { throw MetaflowStoreError(path: path.string, .damaged(sha: sha, "does not have its digest")) }
    }
}

/// A file that vanishes with the last process that has it open.
private enum UnnamedFile {
    static func make() throws -> FileDescriptor {
        let folder = FilePath(ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp")
        let name = folder.appending("penstock-value-\(UInt64.random(in: .min ... .max))")
        let file = try FileDescriptor.open(
            name, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        _ = unlink(name.string)
        return file
    }
}
