import FlowModel

/// The top options as they are in force: typed, else from the environment, else by default.
struct FlowOptions {
    /// Where the environments of steps come from.
    enum EnvironmentSource {
        /// Steps with `@pypi` or `@conda` get one of their own, the others run in the interpreter that runs the flow.
        case asDecorated
        /// Every step runs in the interpreter that runs the flow, whatever its decorators say.
        case local
        /// Every step gets an environment of its own, with the packages of its `@pypi` and `@conda` or none.
        case pypi
        /// The same, by the name that existing flows use.
        case conda
        /// Every step gets an environment of its own, with the packages of the uv project that the flow belongs to.
        case uv

        var isolation: StepIsolation {
            switch self {
            case .asDecorated: .asDecorated
            case .local: .never
            case .pypi, .conda: .always
            case .uv: .project
            }
        }

        /// As `--environment` has it.
        var name: String? {
            switch self {
            case .asDecorated: nil
            case .local: "local"
            case .pypi: "pypi"
            case .conda: "conda"
            case .uv: "uv"
            }
        }

        init?(name: String?) {
            switch name {
            case nil: self = .asDecorated
            case "local": self = .local
            case "pypi": self = .pypi
            case "conda": self = .conda
            case "uv": self = .uv
            default: return nil
            }
        }
    }

    var quiet = false
    var environmentSource = EnvironmentSource.asDecorated
    var datastore = DatastoreChoice()
    /// With their dots, lower case.
    var packageSuffixes: [String] = []
    /// Decorators that the person's settings add to every run; they win over those of `decoratorSpecs`.
    var defaultDecorators: [String] = []
    /// Decorators of `--with`; the earlier of a name wins.
    var decoratorSpecs: [String] = []

    /// What is in force before the command line is known.
    init() {}

    /// - Throws: `ChoiceError` for what the options name and is unknown, or not part of this version.
    init(_ top: TopOptions, settings: Settings) throws {
        let choices = OptionChoices(settings: settings)
        quiet = top.quiet || choices.isOn("QUIET")
        if top.notQuiet { quiet = false }
        datastore = try DatastoreChoice(kind: top.datastore, root: top.datastoreRoot, settings: settings)
        let suffixes = top.packageSuffixes ?? choices.text("PACKAGE_SUFFIXES", "DEFAULT_PACKAGE_SUFFIXES") ?? ""
        packageSuffixes = suffixes.split(separator: ",").map { $0.lowercased() }.filter { !$0.isEmpty }
        defaultDecorators = (choices.text("DEFAULT_DECOSPECS") ?? "").split(separator: " ").map(String.init)
        decoratorSpecs = top.decorators + (choices.text("DECOSPECS") ?? "").split(separator: " ").map(String.init)
        let source = try choices.checked(
            "environment", top.environment, "DEFAULT_ENVIRONMENT", of: ["local", "pypi", "conda", "uv"], later: [])
        environmentSource = EnvironmentSource(name: source) ?? .asDecorated
        _ = try choices.checked("metadata", top.metadata, "DEFAULT_METADATA", of: ["local"], later: ["service", "spin"])
        _ = try choices.checked(
            "event-logger", top.eventLogger, "DEFAULT_EVENT_LOGGER", of: ["nullSidecarLogger", "debugLogger"], later: [])
        _ = try choices.checked("monitor", top.monitor, "DEFAULT_MONITOR", of: ["nullSidecarMonitor", "debugMonitor"], later: [])
    }
}
