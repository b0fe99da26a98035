import Diagnostics
import Remotes

/// Where runs are kept: the project's folder, and beside it a remote datastore where one is named.
struct DatastoreChoice {
    /// The folder that holds the store, where an option or a setting names it.
    var root: String?
    var remote: RemoteAddress?

    init(root: String? = nil, remote: RemoteAddress? = nil) {
        self.root = root
        self.remote = remote
    }

    /// - Parameters:
    ///   - kind: `--datastore`, where it was typed.
    ///   - root: `--datastore-root`, where it was typed.
    init(kind: String?, root: String?, settings: Settings) throws {
        let choices = OptionChoices(settings: settings)
        let chosen = try choices.checked(
            "datastore", kind, "DEFAULT_DATASTORE", of: ["local", "s3"], later: ["azure", "gs", "spin"])
        let named = root ?? choices.text("DATASTORE_ROOT")
        guard let address = try named.flatMap({ try RemoteAddress.isAddress($0) ? RemoteAddress(parsing: $0) : nil }) else {
            self.root = named
            if chosen == "s3" { remote = try Self.bucket(choices) }
            return
        }
        switch (chosen, address) {
        case ("local", .s3) where kind != nil, ("s3", .folder):
            throw DatastoreChoiceError.contradiction(kind: chosen ?? "local", root: address.description)
        default: remote = address
        }
    }

    /// What settings say, for commands without such options.
    init(settings: Settings) throws {
        try self.init(kind: nil, root: nil, settings: settings)
    }

    /// What `--root` names: a folder alone, or a remote.
    init(namedRoot: String) throws {
        if RemoteAddress.isAddress(namedRoot) { remote = try RemoteAddress(parsing: namedRoot) }
    }

    private static func bucket(_ choices: OptionChoices) throws -> RemoteAddress {
        guard let text = choices.text("DATASTORE_SYSROOT_S3") else { throw DatastoreChoiceError.noBucket }
        return try RemoteAddress(parsing: text)
    }
}

/// Options or settings that do not say where runs are kept.
enum DatastoreChoiceError: DiagnosticError {
    case noBucket
    case contradiction(kind: String, root: String)

    var diagnostic: Diagnostic {
        switch self {
        case .noBucket:
            Diagnostic(
                .user, "the datastore is to be s3, but it is not said in which bucket",
                help: "write --datastore-root s3://BUCKET/PREFIX, or set METAFLOW_DATASTORE_SYSROOT_S3")
        case .contradiction(let kind, let root):
            Diagnostic(
                .usage, "the datastore is to be \(kind), but its root is \(root)",
                help: "leave --datastore out: the root says what it is")
        }
    }
}
