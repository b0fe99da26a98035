import FoundationEssentials
import SystemPackage

/// A path that a person typed, from the root of the file system.
struct AbsolutePath {
    let text: String

    init(_ typed: String) {
        text = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(typed)).lexicallyNormalized().string
    }

    static func isFile(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
    }
}
