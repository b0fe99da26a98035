import Archives
package import PythonPackaging
import TOMLDocuments

/// How a project is built: the table `[build-system]` of pyproject.toml (PEP 517, PEP 518).
package struct BuildSystem: Sendable, Hashable {
    /// What the backend needs, as it is written.
    package var requires: [String]
    /// `module` or `module:object`.
    package var backend: String
    /// Folders of the project that the backend is loaded from.
    package var backendPath: [String]

    package init(requires: [String], backend: String, backendPath: [String] = []) {
        self.requires = requires
        self.backend = backend
        self.backendPath = backendPath
    }

    /// setup.py through setuptools, for projects that say nothing (PEP 517 and PEP 518 have these defaults).
    package static let legacy = BuildSystem(
        requires: ["setuptools>=40.8.0", "wheel"], backend: "setuptools.build_meta:__legacy__")
}

/// What pyproject.toml says, as far as building and resolving need it.
package struct ProjectFile: Sendable {
    /// `nil` where the file is missing.
    private let root: [String: TOMLNode]?
    private let what: String

    static let name = "pyproject.toml"

    /// Blocks.
    package init(in folder: ProjectFolder, what: String) throws(SourceBuildError) {
        self.what = what
        guard let bytes = folder.read(Self.name) else {
            root = nil
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .projectFile(what: what, file: Self.name, line: nil, reason: "it is not UTF-8")
        }
        do throws(TOMLError) {
            root = try TOMLDocument.read(text)
        } catch {
            throw .projectFile(what: what, file: Self.name, line: error.line, reason: "it is not TOML: \(error.reason)")
        }
    }

    var exists: Bool { root != nil }

    /// - Throws: for a table that is not what the PEPs say.
    package func buildSystem() throws(SourceBuildError) -> BuildSystem {
        guard let node = root?["build-system"] else { return .legacy }
        guard let table = node.table else { throw error("build-system", "has to be a table", node) }
        guard let requires = table["requires"] else {
            throw error("build-system", "has to have 'requires' (PEP 518)", node)
        }
        var system = BuildSystem.legacy
        system.requires = try strings(requires, "build-system.requires")
        for text in system.requires {
            do throws(RequirementError) {
                _ = try Requirement(parsing: text)
            } catch let problem {
                throw error("build-system.requires", "has an entry that is no requirement: \(problem)", requires)
            }
        }
        if let backend = table["build-backend"] {
            guard let name = backend.string, Self.isObjectPath(name) else {
                throw error("build-system.build-backend", "has to be 'module' or 'module:object'", backend)
            }
            system.backend = name
        }
        if let path = table["backend-path"] {
            system.backendPath = try strings(path, "build-system.backend-path")
            for folder in system.backendPath where folder != "." {
                guard (try? EntryPath(parsing: folder)) != nil else {
                    throw error("build-system.backend-path", "names '\(folder)', which is not in the project", path)
                }
            }
        }
        return system
    }

    /// Dotted names, with one colon perhaps.
    private static func isObjectPath(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { name in
                    guard let first = name.first, first.isLetter || first == "_" else { return false }
                    return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
                }
            }
    }

    private func strings(_ node: TOMLNode, _ key: String) throws(SourceBuildError) -> [String] {
        guard let elements = node.array else { throw error(key, "has to be an array of strings", node) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string else { throw error(key, "has to be an array of strings", element) }
            texts.append(text)
        }
        return texts
    }

    private func error(_ key: String, _ reason: String, _ node: TOMLNode) -> SourceBuildError {
        .projectFile(what: what, file: Self.name, line: node.line, reason: "\(key) \(reason)")
    }
}

// MARK: - Static metadata

extension ProjectFile {
    /// The fields of `[project]` whose values a resolution needs (PEP 621).
    private static let needed = ["version", "requires-python", "dependencies", "optional-dependencies"]

    /// Whether the version is written down, so that it is the same after every build.
    package var hasStaticVersion: Bool { project?["version"]?.string != nil && !dynamic.contains("version") }

    private var project: [String: TOMLNode]? { root?["project"]?.table }

    private var dynamic: Set<String> {
        Set(project?["dynamic"]?.array?.compactMap(\.string) ?? [])
    }

    /// The metadata that a build would give, where nothing that counts is left to it; otherwise `nil`.
    ///
    /// A table that is not as it has to be gives `nil` too: the backend will say what is wrong with it.
    package func staticMetadata() -> CoreMetadata? {
        guard let project, dynamic.isDisjoint(with: Self.needed), let name = project["name"]?.string,
            let packageName = try? PackageName(parsing: name), let text = project["version"]?.string,
            let version = try? Version(parsing: text),
            let dependencies = Self.requirements(project["dependencies"])
        else { return nil }
        var metadata = CoreMetadata(metadataVersion: "2.2", name: packageName, version: version)
        metadata.requiresDist = dependencies
        if let node = project["requires-python"] {
            guard let python = node.string, (try? SpecifierSet(parsing: python)) != nil else { return nil }
            metadata.requiresPython = python
        }
        if let node = project["optional-dependencies"] {
            guard let table = node.table else { return nil }
            for (extra, requirements) in table.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                guard let name = try? ExtraName(parsing: extra), let texts = Self.requirements(requirements, for: name) else {
                    return nil
                }
                metadata.providesExtra.append(name)
                metadata.requiresDist += texts
            }
        }
        return metadata
    }

    /// The requirements of an array, canonical; `nil` if there is one that cannot be read.
    private static func requirements(_ node: TOMLNode?, for extra: ExtraName? = nil) -> [String]? {
        guard let node else { return [] }
        guard let elements = node.array else { return nil }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string, let requirement = try? Requirement(parsing: text) else { return nil }
            texts.append(extra.map { Self.text(requirement, for: $0) } ?? requirement.description)
        }
        return texts
    }

    private static func text(_ requirement: Requirement, for extra: ExtraName) -> String {
        var bare = requirement
        bare.marker = nil
        let condition = requirement.marker.map { "(\($0)) and " } ?? ""
        return "\(bare.description) ; \(condition)extra == '\(extra)'"
    }
}
