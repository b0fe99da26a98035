import FlowModel
import FoundationEssentials
import SystemPackage

/// What a person has settled once for all runs: the process environment, completed by configuration files.
///
/// A setting `METAFLOW_X` is the variable of that name, else the member of the project's file, else that of the home's
/// file (`SettingsFiles`). The Python side reads the same places (`penstock/_configuration.py`).
struct Settings {
    /// The process environment, as child processes get it.
    let process: [String: String]
    /// The process environment with all settings: what commands look into.
    let environment: [String: String]
    /// The file of each setting that comes from one.
    let files: [String: String]

    /// - Throws: `SettingsError` for a file that is there and cannot be used.
    init(process: [String: String], files: SettingsFiles) throws(SettingsError) {
        self.process = process
        var environment = process
        var origins: [String: String] = [:]
        // A file that is nearer hides what others say, also with null.
        for file in try files.found() {
            for (name, value) in file.members where environment[name] == nil && origins[name] == nil {
                guard name.hasPrefix("METAFLOW_") else { continue }
                origins[name] = file.path
                environment[name] = Self.text(value)
            }
        }
        self.environment = environment
        self.files = origins
    }

    /// With the files of the working directory and the home.
    init(process: [String: String]) throws(SettingsError) {
        let folder = FilePath(FileManager.default.currentDirectoryPath)
        try self.init(process: process, files: SettingsFiles(workingDirectory: folder, environment: process))
    }

    /// A text stands for itself, all else for its JSON.
    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .null: nil
        case .string(let text): text
        case .bool, .integer, .number, .array, .object: value.json
        }
    }
}
