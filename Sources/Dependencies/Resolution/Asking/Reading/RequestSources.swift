/// What a person names on a command line to say what they want: texts, files and groups.
public struct RequestSources: Sendable, Hashable {
    /// PEP 508, URLs and paths.
    public var requirements: [String]
    /// `-e`: folders and repositories, with extras in brackets.
    public var editables: [String]
    /// `-r`: requirements files, `pyproject.toml`, scripts with metadata (PEP 723), `environment.yml`; paths or `http:` and
    /// `https:` URLs.
    public var files: [String]
    /// `-c`: files of what limits versions.
    public var constraints: [String]
    /// `--override`: files of what replaces the requirements of others.
    public var overrides: [String]
    /// `--group`: `NAME` or `PATH:NAME` (PEP 735).
    public var groups: [String]
    /// `--extra`: optional dependencies of the projects among `files`.
    public var extras: [String]
    /// `--all-extras`: all of them.
    public var allExtras: Bool

    public init(
        requirements: [String] = [], editables: [String] = [], files: [String] = [], constraints: [String] = [],
        overrides: [String] = [], groups: [String] = [], extras: [String] = [], allExtras: Bool = false
    ) {
        self.requirements = requirements
        self.editables = editables
        self.files = files
        self.constraints = constraints
        self.overrides = overrides
        self.groups = groups
        self.extras = extras
        self.allExtras = allExtras
    }

    public var isEmpty: Bool {
        requirements.isEmpty && editables.isEmpty && files.isEmpty && groups.isEmpty
    }
}
