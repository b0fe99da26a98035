internal import PythonPackaging

/// A file that a person or another file names.
struct RequestFile: Hashable {
    /// As messages name it.
    let name: String
    /// The absolute path, or the URL.
    let place: String
    let isRemote: Bool
    /// What relative paths of files within this file begin from: its folder, or its URL.
    let base: String

    /// - Parameters:
    ///   - path: a path, or a `file:`, `http:` or `https:` URL; `-` for standard input.
    ///   - folder: the folder where relative paths begin, or the URL of the file that names this one.
    ///   - working: the working folder; files below it are named from there on.
    init(_ path: String, below folder: String, seenFrom working: String) throws(RequestError) {
        if path == "-" {
            (name, place, isRemote, base) = ("standard input", "/dev/stdin", false, working)
            return
        }
        let place: String
        if Self.isRemote(path) {
            place = path
        } else if path.lowercased().hasPrefix("file:") {
            guard let reference = try? DirectReference(parsing: path, below: Self.isRemote(folder) ? nil : folder),
                let local = reference.localPath
            else { throw RequestError(.noFile, file: path) }
            place = local
        } else if Self.isRemote(folder) {
            place = URLReference(folder).resolving(path)
        } else {
            place = LexicalPath.normalized(path.hasPrefix("/") ? path : "\(folder)/\(path)")
        }
        self.place = place
        isRemote = Self.isRemote(place)
        base = isRemote ? place : LexicalPath.folder(of: place)
        let prefix = working.hasSuffix("/") ? working : working + "/"
        name =
            isRemote
            ? DirectReference.redacting(place)
            : place.hasPrefix(prefix) && place != prefix ? String(place.dropFirst(prefix.count)) : place
    }

    /// What stands behind the last slash, in lower case.
    var lastName: String {
        let path = place.prefix { !isRemote || ($0 != "?" && $0 != "#") }
        return (path.split(separator: "/").last ?? "").lowercased()
    }

    private static func isRemote(_ text: String) -> Bool {
        let start = text.prefix(8).lowercased()
        return start.hasPrefix("https://") || start.hasPrefix("http://")
    }
}

extension DirectReference {
    /// The absolute path of what lies on this machine.
    fileprivate var localPath: String? {
        switch self {
        case .archive(let archive): archive.localPath
        case .directory(let directory): directory.path
        case .repository: nil
        }
    }
}
