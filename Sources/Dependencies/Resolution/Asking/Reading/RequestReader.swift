internal import Diagnostics
internal import Digests
internal import PackageSources
internal import PythonPackaging

/// Reads what a person asks for: requirement texts, and files of every kind that lists requirements.
///
/// Relative paths of files begin in `folder`, and within a file in the folder of that file; relative paths of packages begin
/// in `folder` for requirement texts and requirements files, as with pip, and in the project's folder for `pyproject.toml`.
public struct RequestReader: Sendable {
    /// Fetches a file by its `http:` or `https:` URL.
    public typealias Loader = @Sendable (String) async throws -> [UInt8]

    let folder: String
    let environment: [String: String]
    let files: any RequestFiles
    let load: Loader?

    /// - Parameters:
    ///   - folder: the working folder; absolute.
    ///   - environment: the values of `${VARIABLE}` in requirements files, and `HOME`.
    ///   - load: for files at URLs; without it they are refused.
    public init(
        folder: String, environment: [String: String] = [:], files: any RequestFiles = MachineFiles(), load: Loader? = nil
    ) {
        self.folder = folder
        self.environment = environment
        self.files = files
        self.load = load
    }

    /// Reads everything; the first thing that is wrong ends it.
    public func read(_ sources: RequestSources) async throws(RequestError) -> ReadRequest {
        var draft = RequestDraft(reader: self)
        for text in sources.requirements { try draft.add(text, asker: nil) }
        for text in sources.editables { try draft.add(text, asker: nil, isEditable: true) }
        for path in sources.files { try await draft.read(file: path, as: .requirement) }
        try draft.take(extras: sources.extras, all: sources.allExtras)
        for group in sources.groups { try await draft.take(group: group) }
        for path in sources.constraints { try await draft.read(file: path, as: .constraint) }
        for path in sources.overrides { try await draft.read(file: path, as: .override) }
        try draft.finish()
        return draft.result
    }
}

/// What a requirement does in a request.
enum RequirementRole: Sendable, Hashable {
    case requirement, constraint, override
}

/// A request that grows while files are read.
struct RequestDraft {
    let reader: RequestReader
    var result = ReadRequest()
    /// The files that were read, each once for each role.
    var seen: Set<SeenFile> = []
    /// The projects among the files, for their extras and groups.
    var projects: [ProjectFile] = []

    struct SeenFile: Hashable {
        var place: String
        var role: RequirementRole
    }

    init(reader: RequestReader) { self.reader = reader }

    // MARK: - Requirements

    /// Adds one requirement as pip takes them.
    ///
    /// - Parameter folder: where relative paths begin, if not in the working folder.
    mutating func add(
        _ text: String, spelled: String? = nil, asker: Asker?, role: RequirementRole = .requirement,
        hashes: Set<SHA256Digest> = [], isEditable: Bool = false, below folder: String? = nil
    ) throws(RequestError) {
        let asked: AskedRequirement
        do {
            asked = try RequirementText(
                text, spelled: spelled, asker: asker, folder: folder ?? reader.folder,
                home: reader.environment["HOME"], isEditable: isEditable
            ).read()
        } catch {
            throw RequestError(error)
        }
        switch asked {
        case .named(var root):
            root.hashes = hashes
            try add(root, role: role)
        case .unnamed(var unnamed):
            unnamed.hashes = hashes
            if let name = try reader.staticName(of: unnamed.reference) {
                try add(unnamed.named(name), role: role)
            } else if role == .requirement {
                result.unnamed.append(unnamed)
            } else {
                throw RequestError(RootRequirementError(spelled: unnamed.spelled, .constraint, asker: asker))
            }
        }
    }

    mutating func add(_ root: RootRequirement, role: RequirementRole) throws(RequestError) {
        switch role {
        case .requirement: result.request.requirements.append(root)
        case .override: result.request.overrides.append(root)
        case .constraint:
            guard root.requirement.extras.isEmpty, !root.isEditable else {
                throw RequestError(RootRequirementError(spelled: root.spelled, .constraint, asker: root.asker))
            }
            result.request.constraints.append(root)
        }
    }

    // MARK: - Files

    mutating func read(file path: String, as role: RequirementRole) async throws(RequestError) {
        let file = try RequestFile(path, below: reader.folder, seenFrom: reader.folder)
        try await read(file, as: role)
    }

    /// Reads a file unless that was done before.
    mutating func read(_ file: RequestFile, as role: RequirementRole) async throws(RequestError) {
        guard seen.insert(SeenFile(place: file.place, role: role)).inserted else { return }
        guard seen.count <= 1000 else { throw RequestError(.tooManyFiles, file: file.name) }
        let kind = RequestFileKind(of: file.lastName)
        if case .other(let words, let help) = kind { throw RequestError(.otherKind(words, help: help), file: file.name) }
        let text = try await reader.text(of: file)
        switch kind {
        case .project: try readProject(text, of: file, as: role)
        case .script: try readScript(text, of: file, as: role)
        case .environment: try await readEnvironment(text, of: file, as: role)
        case .requirements, .other: try await readRequirements(text, of: file, as: role)
        }
    }

    /// Checks what only the whole can show.
    mutating func finish() throws(RequestError) {
        let roots = result.request.requirements
        result.requiresHashes = result.requiresHashes || roots.contains { !$0.hashes.isEmpty }
        guard result.requiresHashes else { return }
        if let open = roots.first(where: { !$0.isPinnedByHash }) {
            throw RequestError(.noHash(open.spelled), file: open.asker?.file, line: open.asker?.line)
        }
        if let open = result.unnamed.first {
            throw RequestError(.noHash(open.spelled), file: open.asker?.file, line: open.asker?.line)
        }
    }
}

extension RequestReader {
    func text(of file: RequestFile) async throws(RequestError) -> String {
        do {
            return try FileText.decode(try await bytes(of: file))
        } catch {
            throw RequestError(error, file: file.name)
        }
    }

    private func bytes(of file: RequestFile) async throws(RequestError.Problem) -> [UInt8] {
        guard file.isRemote else {
            guard let bytes = try files.contents(of: file.place) else { throw .noFile }
            return bytes
        }
        guard let load else { throw .remote("files are not fetched here") }
        do {
            return try await load(file.place)
        } catch {
            throw .remote((error as? any DiagnosticError)?.diagnostic.headline ?? "\(error)")
        }
    }
}

extension RequestError {
    init(_ error: RootRequirementError) {
        self.init(.requirement(error), file: error.file, line: error.line)
    }
}

extension RootRequirement {
    var isEditable: Bool { if case .directory(let directory) = reference { directory.isEditable } else { false } }

    /// Whether only files with a known hash can come of it (pip, secure installs).
    var isPinnedByHash: Bool {
        switch reference {
        case .archive(let archive): !hashes.isEmpty || archive.hashes["sha256"] != nil
        case .repository, .directory: false
        case nil: !hashes.isEmpty
        }
    }
}
