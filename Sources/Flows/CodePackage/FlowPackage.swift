import Archives
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The code package of a flow: its files, and the archive of them.
package struct FlowPackage: Sendable {
    /// Sorted by their places in the archive.
    package let files: [PackagedFile]
    /// The flow file, from the archive's root.
    package let script: String

    /// What a reader has to know about the archive, for `CodePackageRecord.metadata`.
    package static let recordMetadata = #"{"archive_format":"tgz","mfcontent_version":1,"version":0}"#

    /// Finds the files; reads none of them. Blocks.
    package init(_ contents: PackageContents) throws(CodePackageError) {
        var draft = PackageDraft(contents)
        try draft.addUserFiles()
        try draft.addSDK()
        for module in contents.modules { try draft.add(module) }
        for addition in contents.additions { try draft.add(addition) }
        for extra in contents.extras { try draft.addMeta(extra.path, extra.bytes) }
        try draft.addFacts()
        files = draft.files.values.sorted { $0.path < $1.path }
        script = contents.flowFile.lastComponent?.string ?? ""
    }

    /// The archive: a tar file, gzipped. The same files give the same bytes. Blocks; holds all files in memory.
    package func archive() throws(CodePackageError) -> [UInt8] {
        var writer = TarWriter()
        for file in files {
            do throws(ArchiveFault) {
                switch file.content {
                case .bytes(let bytes): try writer.addFile(file.path, bytes)
                case .file(let path, let isExecutable):
                    try writer.addFile(file.path, try Self.read(path), isExecutable: isExecutable)
                }
            } catch {
                throw Self.error(file, error)
            }
        }
        return Gzip.compress(writer.finish())
    }

    private static func read(_ path: FilePath) throws(ArchiveFault) -> [UInt8] {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(bytes.count))
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw .system(operation: "read", code: errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    private static func error(_ file: PackagedFile, _ fault: ArchiveFault) -> CodePackageError {
        var path = FilePath(file.path.string)
        if case .file(let source, _) = file.content { path = source }
        if case .system(let operation, let code) = fault { return .system(path, operation: operation, code: code) }
        return .unusableName(path)
    }
}
