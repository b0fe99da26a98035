import Diagnostics

/// Why settings cannot be read.
struct SettingsError: DiagnosticError, Hashable {
    enum Reason: Hashable {
        case noProfile(String)
        case unreadable
        case isFolder
        case noJSON
        case noObject
    }

    var path: String
    var reason: Reason

    init(path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    var diagnostic: Diagnostic {
        switch reason {
        case .noProfile(let profile):
            Diagnostic(
                .user, "METAFLOW_PROFILE is '\(profile)', but there is no such configuration file", file: path,
                help: "make the file, or unset the variable")
        case .unreadable: broken("it may not be read", help: "allow reading it, or remove it")
        case .isFolder: broken("it is a folder", help: "put a file with a JSON object in its place, or remove it")
        case .noJSON: broken("it is not valid JSON", help: Self.form)
        case .noObject: broken("it is not a JSON object", help: Self.form)
        }
    }

    private func broken(_ what: String, help: String) -> Diagnostic {
        Diagnostic(.user, "the configuration file cannot be used: \(what)", file: path, help: help)
    }

    private static let form = #"write {"METAFLOW_NAME": "VALUE"}, or remove the file"#
}
