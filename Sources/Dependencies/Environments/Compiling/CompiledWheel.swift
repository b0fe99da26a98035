import Digests
import Interpreters
import PythonPackaging
import SystemPackage

/// What an interpreter compiled of a wheel in the cache: `compiled-<interpreter>/` beside the wheel's files, with a list.
///
/// Modules are recognised by the time and size of their source, as Python does it by itself: wherever a source keeps the
/// time that it has in the cache, what was compiled of it holds.
struct CompiledWheel: Sendable {
    struct File: Sendable, Hashable {
        /// Relative to `files`: `pkg/__pycache__/mod.cpython-311.pyc`.
        var path: String
        var hash: String
        /// In bytes.
        var size: UInt64
    }

    /// The folder that all of it is in.
    var folder: FilePath
    var list: [File]

    var files: FilePath { folder.appending(Self.filesName) }

    static let filesName = "files"
    static let listName = "list"
    private static let prefix = "compiled-"
    private static let heading = "penstock compiled 1\n"

    /// What one release of an implementation compiled, another one may not understand.
    static func folderName(_ interpreter: Interpreter) -> String {
        let facts = [
            interpreter.implementation, interpreter.markerEnvironment.pythonFullVersion,
            interpreter.markerEnvironment.implementationVersion, interpreter.isFreeThreaded ? "t" : "",
        ]
        return prefix + SHA256Digest(hashing: facts.joined(separator: "\n")).hex.prefix(16)
    }

    /// All that was compiled of a wheel, by any interpreter: the folders.
    static func folders(of wheel: FilePath) -> [FilePath] {
        FileTree.names(in: wheel).filter { $0.hasPrefix(prefix) }.sorted().map { wheel.appending($0) }
    }

    /// Opens what is in the cache; `nil` if there is nothing, or its list is damaged.
    init?(at folder: FilePath) {
        guard let opened = try? Folder(folder), let bytes = try? opened.read(Self.listName),
            var reader = ManifestReader(checking: bytes, heading: Self.heading),
            let list = reader.list({ File(listing: &$0) })
        else { return nil }
        self.init(folder: folder, list: list)
    }

    init(folder: FilePath, list: [File]) {
        self.folder = folder
        self.list = list
    }

    /// Writes the list. Blocks.
    func write() throws(EnvironmentError) {
        var writer = ManifestWriter()
        writer.bytes = Array(Self.heading.utf8)
        writer.list(list) { writer, file in
            writer.text(file.path)
            writer.text(file.hash)
            writer.number(file.size)
        }
        try Folder(folder).write(writer.checked, to: Self.listName)
    }

    /// What has to stand below `files`.
    func expected(of package: String) -> Expectations {
        Expectations(
            list.map { ($0.path, .file(RecordRow(path: $0.path, hash: $0.hash, size: $0.size), of: package)) }
        ) { $1 }
    }
}

extension CompiledWheel.File {
    fileprivate init?(listing reader: inout ManifestReader) {
        guard let path = reader.text(), let hash = reader.text(), let size = reader.number() else { return nil }
        self.init(path: path, hash: hash, size: size)
    }
}
