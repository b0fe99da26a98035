import Diagnostics

/// Options before the command that settings can stand in for: `PENSTOCK_NAME`, `METAFLOW_NAME`.
struct OptionChoices {
    let settings: Settings

    /// The first of these settings that says something.
    func text(_ names: String...) -> String? {
        names.lazy.compactMap { found($0)?.value }.first
    }

    func isOn(_ name: String) -> Bool {
        text(name).map { ["1", "true", "t", "yes", "y", "on"].contains($0.lowercased()) } ?? false
    }

    /// The value of an option that has to be one of a few.
    ///
    /// - Parameters:
    ///   - fallback: the setting that counts when neither the option nor the variable of its own name says something.
    ///   - later: values that existing flows may name and this version lacks.
    func checked(
        _ option: String, _ typed: String?, _ fallback: String, of known: [String], later: [String]
    ) throws(ChoiceError) -> String? {
        let own = option.uppercased().replacing("-", with: "_")
        let set = typed == nil ? found(own) ?? found(fallback) : nil
        guard let value = typed ?? set?.value, !known.contains(value) else { return typed ?? set?.value }
        throw ChoiceError(
            option: option, value: value, known: known, isLater: later.contains(value), setting: set?.name,
            file: set.flatMap { settings.files[$0.name] })
    }

    private func found(_ name: String) -> (name: String, value: String)? {
        for key in ["PENSTOCK_\(name)", "METAFLOW_\(name)"] {
            if let value = settings.environment[key], !value.isEmpty { return (key, value) }
        }
        return nil
    }
}

/// An option or a setting that names something unknown.
struct ChoiceError: DiagnosticError {
    var option: String
    var value: String
    var known: [String]
    /// Whether it is known, but not part of this version.
    var isLater: Bool
    /// The setting that says so, when no option does.
    var setting: String?
    /// The configuration file that the setting stands in.
    var file: String?

    var diagnostic: Diagnostic {
        let place = setting.map { "\($0) is '\(value)'" } ?? "--\(option) is '\(value)'"
        let what = isLater ? "which is not part of this version of Penstock" : "which is unknown"
        let help = "write --\(option) \(known.joined(separator: " or "))" + (setting == nil ? "" : ", or change the setting")
        return Diagnostic(isLater ? .user : .usage, "\(place), \(what)", file: file, help: help)
    }
}
