import ArgumentParser
import FoundationEssentials
import Resolution

/// What is asked for: requirements, and files of them.
struct RequirementArguments: ParsableArguments {
    @Argument(
        help: "Requirements: pandas, 'pandas>=2', 'fastapi[standard]', a URL, a git+ address, a path of a wheel or project; or an environment.yml.",
        completion: .file())
    var requirements: [String] = []

    @OptionGroup(title: "Files of requirements") var files: RequirementFileArguments

    var sources: RequestSources {
        var sources = files.sources
        sources.requirements = requirements.filter { !Self.isEnvironmentFile($0) }
        sources.files = requirements.filter(Self.isEnvironmentFile) + sources.files
        return sources
    }

    /// No package has such a name, so that the file can be named without `-r`.
    static func isEnvironmentFile(_ text: String) -> Bool { text.hasSuffix(".yml") || text.hasSuffix(".yaml") }
}

/// Files that say what is asked for.
struct RequirementFileArguments: ParsableArguments {
    @Option(
        name: [.customShort("r"), .customLong("requirement"), .customLong("requirements")],
        help: ArgumentHelp(
            "A requirements file, pyproject.toml, environment.yml or script with metadata; may be given several times.",
            valueName: "file"), completion: .file())
    var files: [String] = []

    @Option(
        name: [.short, .long], help: ArgumentHelp("A project to install in place, from its folder.", valueName: "folder"),
        completion: .directory)
    var editable: [String] = []

    @Option(
        name: [.customShort("c"), .customLong("constraint"), .customLong("constraints")],
        help: ArgumentHelp("A file that limits versions without asking for packages.", valueName: "file"),
        completion: .file())
    var constraints: [String] = []

    @Option(
        name: [.customLong("override"), .customLong("overrides")],
        help: ArgumentHelp("A file whose requirements take the place of everybody's for their packages.", valueName: "file"),
        completion: .file())
    var overrides: [String] = []

    @Option(
        name: .customLong("group"),
        help: ArgumentHelp("A dependency group of pyproject.toml (PEP 735): NAME, or FILE:NAME.", valueName: "group"))
    var groups: [String] = []

    @Option(
        name: .customLong("extra"),
        help: ArgumentHelp("An extra of the projects whose pyproject.toml is named with -r.", valueName: "extra"))
    var extras: [String] = []

    @Flag(help: "All extras of those projects.")
    var allExtras = false

    var sources: RequestSources {
        RequestSources(
            editables: editable, files: files, constraints: constraints, overrides: overrides, groups: groups,
            extras: extras, allExtras: allExtras)
    }
}
