import SystemPackage

/// Where pip, uv and netrc keep their files.
struct ConfigurationFiles {
    let environment: [String: String]
    let projectFolder: String?
    let system: FilePath

    init(_ options: IndexOptions, environment: [String: String]) {
        self.environment = environment
        projectFolder = options.projectFolder
        system = FilePath(options.systemFolder)
    }

    private var home: FilePath? {
        environment["HOME"].flatMap { $0.isEmpty ? nil : FilePath($0) }
    }

    private var userConfiguration: FilePath? {
        if let path = environment["XDG_CONFIG_HOME"], path.hasPrefix("/") { return FilePath(path) }
        return home?.appending(".config")
    }

    private var systemConfigurations: [FilePath] {
        guard let paths = environment["XDG_CONFIG_DIRS"], !paths.isEmpty else { return [system.appending("xdg")] }
        return paths.split(separator: ":").map { FilePath(String($0)) }
    }

    /// pip's files, later ones over earlier ones: system, user, virtual environment, `PIP_CONFIG_FILE`.
    func pip() throws(PackageSourceError) -> PipConfiguration {
        var result = PipConfiguration()
        let own = environment["PIP_CONFIG_FILE"]
        if own == "/dev/null" { return result }
        var paths = systemConfigurations.reversed().map { $0.appending("pip").appending("pip.conf") }
        paths.append(system.appending("pip.conf"))
        if let home { paths.append(home.appending(".pip").appending("pip.conf")) }
        if let userConfiguration { paths.append(userConfiguration.appending("pip").appending("pip.conf")) }
        if let prefix = environment["VIRTUAL_ENV"], !prefix.isEmpty { paths.append(FilePath(prefix).appending("pip.conf")) }
        if let own, !own.isEmpty { paths.append(FilePath(own)) }
        for path in paths {
            guard let text = try readText(path) else { continue }
            result.override(with: try PipConfiguration(parsing: text, file: path.string))
        }
        return result
    }

    /// uv's files, earlier ones over later ones: project, user, system; or only `UV_CONFIG_FILE`.
    func uv() throws(PackageSourceError) -> UVConfiguration {
        if let own = environment["UV_CONFIG_FILE"], !own.isEmpty {
            return try read(FilePath(own)) ?? UVConfiguration()
        }
        guard !FoundSettings.isSet(environment["UV_NO_CONFIG"]) else { return UVConfiguration() }
        var result = try project() ?? UVConfiguration()
        var paths = systemConfigurations
        if let userConfiguration { paths.insert(userConfiguration, at: 0) }
        for path in paths + [system] {
            if let other = try read(path.appending("uv").appending("uv.toml")) { result.fallBack(to: other) }
        }
        return result
    }

    /// The nearest `uv.toml` or `pyproject.toml` with `[tool.uv]`, from the project's folder upwards.
    private func project() throws(PackageSourceError) -> UVConfiguration? {
        guard let projectFolder, projectFolder.hasPrefix("/") else { return nil }
        var folder = FilePath(projectFolder).lexicallyNormalized()
        while true {
            if let found = try read(folder.appending("uv.toml")) { return found }
            let path = folder.appending("pyproject.toml")
            if let text = try readText(path), text.contains("tool.uv") || text.contains("uv]") {
                return try UVConfiguration(parsing: text, file: path.string)
            }
            guard folder.removeLastComponent(), !folder.isEmpty else { return nil }
        }
    }

    private func read(_ path: FilePath) throws(PackageSourceError) -> UVConfiguration? {
        guard let text = try readText(path) else { return nil }
        return try UVConfiguration(parsing: text, file: path.string)
    }

    func netrc() throws(PackageSourceError) -> NetrcFile {
        let path = environment["NETRC"].flatMap { $0.isEmpty ? nil : FilePath($0) } ?? home?.appending(".netrc")
        guard let path, let text = try readText(path) else { return NetrcFile() }
        return NetrcFile(parsing: text)
    }
}
