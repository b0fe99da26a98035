/// What a file is, by its name.
enum RequestFileKind: Hashable {
    case requirements
    /// `pyproject.toml`, and other TOML.
    case project
    /// A script with metadata (PEP 723).
    case script
    /// `environment.yml`
    case environment
    /// What lists no requirements, in words, and what to do instead.
    case other(String, help: String)

    /// - Parameter name: without a folder, in lower case.
    init(of name: String) {
        switch name {
        case "setup.py": self = .other("an install script", help: "name the folder of the project, which is then built: '.'")
        case "setup.cfg":
            self = .other("settings of a build", help: "name the folder of the project, which is then built: '.'")
        case "pipfile", "pipfile.lock":
            self = .other("a file of Pipenv", help: "write its requirements to a file with 'pipenv requirements'")
        case "uv.lock", "poetry.lock": self = .other("a lock", help: "name the pyproject.toml beside it")
        default:
            if name.hasPrefix("pylock."), name.hasSuffix(".toml") {
                self = .other("a lock", help: "name the file that it was made from")
            } else if name.hasSuffix(".toml") {
                self = .project
            } else if name.hasSuffix(".py") {
                self = .script
            } else if name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
                self = .environment
            } else {
                self = .requirements
            }
        }
    }
}
