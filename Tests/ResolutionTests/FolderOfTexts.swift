import Diagnostics
import Digests
import PythonPackaging
import Resolution

/// Files that exist in a test alone, by their absolute paths.
struct FolderOfTexts: RequestFiles {
    var files: [String: [UInt8]]

    init(_ texts: [String: String]) { files = texts.mapValues { Array($0.utf8) } }

    func contents(of path: String) throws(RequestError.Problem) -> [UInt8]? { files[path] }

    func exists(_ path: String) -> Bool { files.keys.contains { $0 == path || $0.hasPrefix(path + "/") } }
}

extension ReadRequest {
    /// The requirements as canonical text with the hashes behind them.
    var texts: [String] {
        request.requirements.map { root in
            root.requirement.description + root.hashes.map { " \($0.hex.prefix(4))" }.sorted().joined()
        }
    }
}
