import FlowModel
import FoundationEssentials
import SystemPackage

/// Where configuration files are looked for. Without any, this costs a look at each folder above and one at the home.
struct SettingsFiles {
    /// A file with its members.
    struct Content {
        var path: String
        var members: [String: JSONValue]
    }

    let workingDirectory: FilePath
    /// Which variables say where the home's file is: `METAFLOW_HOME`, `METAFLOW_PROFILE`.
    let environment: [String: String]

    /// The files that there are, the one that wins first.
    func found() throws(SettingsError) -> [Content] {
        var found: [Content] = []
        for path in [projectFile, try homeFile()] {
            if let path { found.append(Content(path: path.string, members: try Self.read(path))) }
        }
        return found
    }

    /// `config.json` in the nearest folder `.metaflow` upward; a nearer folder without it hides those above.
    private var projectFile: FilePath? {
        var folder = workingDirectory.lexicallyNormalized()
        repeat {
            let nearest = folder.appending(".metaflow")
            if Self.kind(of: nearest) == .folder {
                let file = nearest.appending("config.json")
                return Self.kind(of: file) == .missing ? nil : file
            }
        } while folder.removeLastComponent()
        return nil
    }

    /// `config.json` in `METAFLOW_HOME`, or `config_P.json` of the profile P, which has to be there.
    private func homeFile() throws(SettingsError) -> FilePath? {
        let profile = environment["METAFLOW_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        let named = environment["METAFLOW_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "~/.metaflowconfig"
        let home = workingDirectory.pushing(FilePath(HomeFolder.expand(named, environment)))
        let file = home.appending(profile.map { "config_\($0).json" } ?? "config.json")
        guard Self.kind(of: file) == .missing else { return file }
        if let profile { throw SettingsError(path: file.string, .noProfile(profile)) }
        return nil
    }

    private static func read(_ path: FilePath) throws(SettingsError) -> [String: JSONValue] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path.string))
        } catch {
            throw SettingsError(path: path.string, kind(of: path) == .folder ? .isFolder : .unreadable)
        }
        do {
            guard case .object(let members) = try JSONDecoder().decode(JSONValue.self, from: data) else {
                throw SettingsError(path: path.string, .noObject)
            }
            return members
        } catch let error as SettingsError {
            throw error
        } catch {
            throw SettingsError(path: path.string, .noJSON)
        }
    }

    private enum Kind {
        case missing, folder, file
    }

    private static func kind(of path: FilePath) -> Kind {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) else { return .missing }
        return isFolder ? .folder : .file
    }
}
