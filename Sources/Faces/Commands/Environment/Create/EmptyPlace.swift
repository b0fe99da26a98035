import FoundationEssentials
import SystemPackage

/// A folder that can be made or filled.
struct EmptyPlace {
    /// Absolute.
    let path: FilePath

    init(_ typed: String) throws {
        path = FilePath(AbsolutePath(typed).text)
        if let found = try? FileManager.default.contentsOfDirectory(atPath: path.string) {
            guard found.isEmpty else { throw FileError.cannotWrite(path: typed, reason: "the folder is not empty") }
        } else if FileManager.default.fileExists(atPath: path.string) {
            throw FileError.cannotWrite(path: typed, reason: "a file is there")
        }
    }
}
