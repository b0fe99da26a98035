/// What a file is, by its name.
enum RequestFileKind {
    /// Kinds of files that list no requirements, and what to do instead.
    static func other(_ name: String) -> (kind: String, help: String)? {
        switch name {
        case "setup.py": ("an install script", "name the folder of the project, which is then built: '.'")
        case "setup.cfg": ("settings of a build", "name the folder of the project, which is then built: '.'")
        case "pipfile", "pipfile.lock": ("a file of Pipenv", "write its requirements to a file with 'pipenv requirements'")
        case "uv.lock", "poetry.lock": ("a lock", "name the pyproject.toml beside it")
        default:
            name.hasPrefix("pylock.") && name.hasSuffix(".toml")
                ? ("a lock", "name the file that it was made from") : nil
        }
    }
}
