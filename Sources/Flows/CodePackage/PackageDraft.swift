import Archives
import FlowModel
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A package whose files are being collected.
struct PackageDraft {
    private let contents: PackageContents
    private(set) var files: [EntryPath: PackagedFile] = [:]

    static let codeFolder = ".mf_code"
    static let metaFolder = ".mf_meta"

    init(_ contents: PackageContents) {
        self.contents = contents
    }

    mutating func addUserFiles() throws(CodePackageError) {
        let folder = contents.flowFile.removingLastComponent()
        let place: FilePath = folder.isEmpty ? "." : folder
        if let bad = contents.data.patterns.first(where: \.isOutside) { throw .badData(pattern: bad.text, place) }
        try addFolder(place, at: "", .user(adding: contents.suffixes), data: contents.data, role: .user)
        try addFlowFile()
    }

    /// The flow file belongs to the package whatever its name is.
    private mutating func addFlowFile() throws(CodePackageError) {
        let name = contents.flowFile.lastComponent?.string ?? ""
        guard files[try place("", name, contents.flowFile)] == nil else { return }
        try add(try found(contents.flowFile, as: name), at: "", role: .user)
    }

    mutating func addSDK() throws(CodePackageError) {
        guard let sdk = contents.sdk else { return }
        for module in contents.sdkModules where module == "penstock" || Self.isThere(sdk.appending(module)) {
            try addFolder(sdk.appending(module), at: "\(Self.codeFolder)/\(module)/", .sdk, role: .sdk)
        }
    }

    /// The SDK comes without the module `metaflow`, too: that is a distribution of its own.
    private static func isThere(_ folder: FilePath) -> Bool {
        var status = stat()
        return stat(folder.string, &status) == 0 || errno != ENOENT
    }

    mutating func add(_ module: PackagedModule) throws(CodePackageError) {
        let path = "\(Self.codeFolder)/" + module.name.split(separator: ".").joined(separator: "/")
        var status = stat()
        guard stat(module.location.string, &status) == 0 else {
            throw .system(module.location, operation: "stat", code: errno)
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            try addFolder(module.location, at: path + "/", .module, role: .module)
            try addMissingInitializer(at: path + "/__init__.py", of: module)
        } else {
            try add(try found(module.location, as: path + ".py"), at: "", role: .module)
        }
        guard let distribution = ModuleDistribution(of: module) else { return }
        let folder = "\(Self.codeFolder)/\(distribution.folder.lastComponent?.string ?? "")"
        for (name, file) in distribution.found {
            try add(try found(file, as: "\(folder)/\(name)"), at: "", role: .module)
        }
    }

    /// A namespace package becomes a plain one, so that it is found before others of its name.
    private mutating func addMissingInitializer(
        at path: String, of module: PackagedModule
    ) throws(CodePackageError) {
        let entry = try place("", path, module.location)
        if files[entry] == nil { files[entry] = PackagedFile(path: entry, role: .module, size: 0, content: .bytes([])) }
    }

    /// The person's own files win: they were found in the flow's folder.
    mutating func add(_ addition: PackageFileDescription) throws(CodePackageError) {
        let file = FilePath(addition.path)
        switch addition.kind {
        case .module: try add(PackagedModule(file: file))
        case .code: try add(try found(file, as: "\(Self.codeFolder)/\(addition.name)"), at: "", role: .module)
        case .other: try add(try found(file, as: "\(Self.metaFolder)/\(addition.name)"), at: "", role: .meta)
        case .user:
            guard files[try place("", addition.name, file)] == nil else { return }
            try add(try found(file, as: addition.name), at: "", role: .user)
        }
    }

    mutating func addMeta(_ path: EntryPath, _ bytes: [UInt8]) throws(CodePackageError) {
        try addOwn("\(Self.metaFolder)/\(path.string)", bytes)
    }

    mutating func addFacts() throws(CodePackageError) {
        try addOwn("\(Self.metaFolder)/INFO", PackageFacts.info(contents.facts))
        try addOwn("\(Self.metaFolder)/CONFIG", PackageFacts.config(contents.configs))
        let moduleFiles = files.values.filter { $0.role == .module }.map(\.path.string)
        try addOwn(".mf_install", PackageFacts.installation(moduleFiles: moduleFiles))
    }

    private mutating func addOwn(_ path: String, _ bytes: [UInt8]) throws(CodePackageError) {
        let entry = try place("", path, FilePath(path))
        let file = PackagedFile(path: entry, role: .meta, size: Int64(bytes.count), content: .bytes(bytes))
        if files.updateValue(file, forKey: entry) != nil {
            throw .conflict(path: path, FilePath(path), FilePath(path))
        }
    }

    private mutating func addFolder(
        _ folder: FilePath, at prefix: String, _ filter: NameFilter, data: PatternList? = nil, role: PackagedFile.Role
    ) throws(CodePackageError) {
        for file in try FileWalk.files(in: folder, filter, data: data, limits: contents.limits) {
            try add(file, at: prefix, role: role)
        }
    }

    private mutating func add(
        _ file: FoundFile, at prefix: String, role: PackagedFile.Role
    ) throws(CodePackageError) {
        let path = try place(prefix, file.relativePath, file.file)
        let packaged = PackagedFile(
            path: path, role: role, size: file.state.size, content: .file(file.file, file.state))
        guard let other = files.updateValue(packaged, forKey: path), case .file(let first, _) = other.content,
            first != file.file
        else { return }
        throw .conflict(path: path.string, first, file.file)
    }

    private func place(_ prefix: String, _ path: String, _ file: FilePath) throws(CodePackageError) -> EntryPath {
        do throws(ArchiveFault) {
            return try EntryPath(parsing: prefix + path)
        } catch {
            throw .unusableName(file)
        }
    }

    private func found(_ file: FilePath, as path: String) throws(CodePackageError) -> FoundFile {
        var status = stat()
        guard stat(file.string, &status) == 0 else { throw .system(file, operation: "stat", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(file) }
        return FoundFile(file: file, relativePath: path, state: FileState(status))
    }
}
