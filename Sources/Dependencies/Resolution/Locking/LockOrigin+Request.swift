internal import Digests
public import Lockfiles
public import PythonPackaging

extension LockOrigin {
    /// What a lock answers, or what would be asked now: compare the two with `PyLock.differences(from:)`.
    public init(_ request: ResolutionRequest, for targets: [PythonTarget], in context: LockContext = .init()) {
        let paths = LockPaths(folder: context.folder)
        func answered(_ requirements: [RootRequirement]) -> [AnsweredRequirement] {
            requirements.map { AnsweredRequirement($0, paths) }
        }
        self.init(
            requirements: answered(request.requirements), constraints: answered(request.constraints),
            overrides: answered(request.overrides), targets: targets.map(LockTarget.init),
            indexes: context.indexes.map { paths.path(ofFileURL: $0) ?? paths.path($0) },
            excludeNewer: context.options.excludeNewer, settings: context.settings)
    }
}

extension AnsweredRequirement {
    fileprivate init(_ root: RootRequirement, _ paths: LockPaths) {
        var requirement = root.requirement
        if case .url(let url) = requirement.source, let path = paths.path(ofFileURL: url) {
            requirement.source = .url(path.hasPrefix("/") || path.hasPrefix(".") ? path : "./\(path)")
        }
        var isEditable = false
        if case .directory(let directory)? = root.reference { isEditable = directory.isEditable }
        self.init(
            requirement.description, askers: root.asker.map { [$0.words] } ?? [],
            hashes: root.hashes.map { "sha256:\($0.hex)" }, isEditable: isEditable)
    }
}

extension LockContext {
    /// By the names of the options, as far as they are not the default.
    fileprivate var settings: [String: String] {
        let defaults = ResolutionOptions()
        var settings: [String: String] = [:]
        if options.prereleases != defaults.prereleases { settings["prerelease"] = options.prereleases.rawValue }
        if options.strategy != defaults.strategy { settings["resolution"] = options.strategy.rawValue }
        settings["index-strategy"] = indexStrategy
        settings["no-build"] = options.builds.neverBuilt.words
        settings["no-binary"] = options.builds.alwaysBuilt.words
        return settings
    }
}

extension BuildPolicy.Packages {
    /// As options have it: `:all:`, or names with commas; `nil` for none.
    fileprivate var words: String? {
        switch self {
        case .none: nil
        case .all: ":all:"
        case .these(let names): names.isEmpty ? nil : names.sorted().map(\.description).joined(separator: ",")
        }
    }
}
