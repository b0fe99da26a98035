import FoundationEssentials
internal import PackageSources
internal import PythonPackaging
internal import TOMLDocuments

/// Reads what lies in the folder of a project. Blocks.
enum UVFolder {
    static let projectFile = "pyproject.toml"

    /// The document of a TOML file; `nil` if there is no such file.
    static func document(_ name: String, in folder: String) throws(UVProjectError) -> RequestTable? {
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UVProjectError(file: path, problem: .unreadable("it may not be read"))
        }
        do throws(TOMLError) {
            return RequestTable(try TOMLDocument.read(String(decoding: data, as: UTF8.self)), file: path)
        } catch {
            throw UVProjectError(file: path, problem: .unreadable(error.description))
        }
    }

    /// The folder and those above it, the closest first.
    static func ancestors(of folder: String) -> [String] {
        var folders = [folder]
        while let last = folders.last, last != "/", !last.isEmpty { folders.append(LexicalPath.folder(of: last)) }
        return folders
    }

    static func path(_ path: String, below folder: String) -> String {
        LexicalPath.normalized(path.hasPrefix("/") ? path : "\(folder)/\(path)")
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }

    /// What a pattern of `[tool.uv.workspace] members` matches below a folder: `packages/*`, `libs/**`.
    static func matches(of pattern: String, in folder: String) -> [String] {
        var found = [folder]
        for part in pattern.split(separator: "/") where part != "." {
            switch part {
            case "..": found = found.map { LexicalPath.folder(of: $0) }
            case "**": found = found.flatMap { [$0] + below($0) }
            default:
                let isPlain = !part.contains { "*?[".contains($0) }
                found = found.flatMap { parent -> [String] in
                    if isPlain { return ["\(parent)/\(part)"] }
                    return names(in: parent).filter { FilePattern.matches($0, String(part)) }.map { "\(parent)/\($0)" }
                }
            }
        }
        return found.filter(isFolder)
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    private static func below(_ folder: String) -> [String] {
        names(in: folder).map { "\(folder)/\($0)" }.filter(isFolder).flatMap { [$0] + below($0) }
    }
}
