import Glibc

/// `~` in paths.
enum HomeFolder {
    /// A path with a `~` in front made one of the person's home folder; any other as it is.
    static func expand(_ path: String, _ environment: [String: String]) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        if let home = environment["HOME"] { return home + path.dropFirst() }
        guard let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir else { return path }
        return String(cString: home) + path.dropFirst()
    }
}
