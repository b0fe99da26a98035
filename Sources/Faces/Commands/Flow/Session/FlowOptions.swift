import FlowModel

/// The top options as they are in force: typed, else from the environment, else by default.
struct FlowOptions {
    /// Where the environments of steps come from.
    enum EnvironmentSource {
        /// Steps with `@pypi` get one of their own, the others run in the interpreter that runs the flow.
        case asDecorated
        /// Every step runs in the interpreter that runs the flow, whatever its decorators say.
        case local
        /// Every step gets an environment of its own, with the packages of its `@pypi` or none.
        case pypi

        var isolation: StepIsolation {
            switch self {
            case .asDecorated: .asDecorated
            case .local: .never
            case .pypi: .always
            }
        }

        init?(name: String?) {
            switch name {
            case nil: self = .asDecorated
            case "local": self = .local
            case "pypi": self = .pypi
            default: return nil
            }
        }
    }

    var quiet: Bool
    var environmentSource: EnvironmentSource
    var datastoreRoot: String?
    /// With their dots, lower case.
    var packageSuffixes: [String]
    /// Decorators that the person's settings add to every run; they win over those of `decoratorSpecs`.
    var defaultDecorators: [String]
    /// Decorators of `--with`; the earlier of a name wins.
    var decoratorSpecs: [String]

    /// - Throws: `SessionError.notInThisVersion` for what the options name and this version lacks.
    init(_ top: TopOptions, environment: [String: String]) throws {
        func fallback(_ name: String) -> String? {
            for key in ["PENSTOCK_\(name)", "METAFLOW_\(name)"] {
                if let value = environment[key], !value.isEmpty { return value }
            }
            return nil
        }
        quiet = top.quiet && !top.notQuiet
        datastoreRoot = top.datastoreRoot ?? fallback("DATASTORE_ROOT")
        let suffixes = top.packageSuffixes ?? fallback("PACKAGE_SUFFIXES") ?? fallback("DEFAULT_PACKAGE_SUFFIXES") ?? ""
        packageSuffixes = suffixes.split(separator: ",").map { $0.lowercased() }.filter { !$0.isEmpty }
        decoratorSpecs = top.decorators
        defaultDecorators = (fallback("DEFAULT_DECOSPECS") ?? "").split(separator: " ").map(String.init)
        decoratorSpecs += (fallback("DECOSPECS") ?? "").split(separator: " ").map(String.init)
        let source = top.environment ?? fallback("ENVIRONMENT") ?? fallback("DEFAULT_ENVIRONMENT")
        guard let known = EnvironmentSource(name: source) else {
            throw SessionError.notInThisVersion(what: "--environment \(source ?? "")")
        }
        environmentSource = known
        for (option, value) in [
            ("--metadata", top.metadata ?? fallback("METADATA") ?? fallback("DEFAULT_METADATA")),
            ("--datastore", top.datastore ?? fallback("DATASTORE") ?? fallback("DEFAULT_DATASTORE")),
        ] {
            if let value, value != "local" { throw SessionError.notInThisVersion(what: "\(option) \(value)") }
        }
    }
}
