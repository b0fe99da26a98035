import Interpreters
import SystemPackage

/// Where things stand in one environment: the places of its layout below the path it will have.
struct EnvironmentPaths: Sendable {
    /// The path of the finished environment, which scripts name.
    var root: FilePath
    var layout: EnvironmentLayout

    /// The interpreter that scripts name.
    var python: FilePath { root.pushing(FilePath(layout.scripts)).appending("python") }

    /// The folder of a scheme, relative to the root.
    func folder(of scheme: InstallScheme, project: String) -> String {
        switch scheme {
        case .pureLibrary: layout.pureLibrary
        case .platformLibrary: throughAlias(layout.platformLibrary)
        case .scripts: layout.scripts
        case .data: ""
        case .headers: "\(layout.headers)/\(project)"
        }
    }

    /// A path relative to the root of what goes to `target`.
    func path(of target: InstallTarget, project: String) -> String {
        let folder = folder(of: target.scheme, project: project)
        if folder.isEmpty || target.path.isEmpty { return folder + target.path }
        return "\(folder)/\(target.path)"
    }

    /// How RECORD, in a library folder, names a path that is relative to the root.
    func recorded(_ path: String, fromFolder library: String) -> String {
        if path.hasPrefix(library + "/") { return String(path.dropFirst(library.count + 1)) }
        let depth = library.split(separator: "/").count
        return String(repeating: "../", count: depth) + path
    }

    // `lib64` is a link to `lib`; what is said to be there is in `lib`.
    private func throughAlias(_ path: String) -> String {
        guard let alias = layout.libraryAlias, path.hasPrefix(alias + "/") else { return path }
        return "lib" + path.dropFirst(alias.count)
    }
}
