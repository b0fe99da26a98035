internal import CondaPackaging
internal import Lockfiles
internal import PythonPackaging

extension RequestDraft {
    /// Reads an `environment.yml`: what it asks of conda, and its pip part.
    ///
    /// As with conda, relative paths begin in the folder of the file.
    mutating func readEnvironment(
        _ text: String, of file: RequestFile, as role: RequirementRole
    ) async throws(RequestError) {
        let contents: EnvironmentFile
        do throws(ForeignFileError) {
            contents = try EnvironmentFile(text, file: file.name)
        } catch {
            throw RequestError(.foreign(error.reason, help: error.help), file: file.name, line: error.line)
        }
        tellUnread(contents, of: file)
        if role == .requirement {
            try takeConda(contents, of: file)
        } else if !contents.packages.isEmpty {
            result.warnings.append("\(file.name): packages of conda limit nothing: \(contents.packages.map(\.text).joined(separator: ", "))")
        }
        for item in contents.pip { try await takePip(item, of: file, as: role) }
    }

    private mutating func tellUnread(_ contents: EnvironmentFile, of file: RequestFile) {
        for key in contents.otherKeys { result.warnings.append("\(file.name):\(key.line): '\(key.text)' says nothing that is known, and is not followed") }
        guard let first = contents.variables.first else { return }
        let names = contents.variables.map(\.text).joined(separator: ", ")
        result.warnings.append("\(file.name):\(first.line): variables of an environment are not set: \(names)")
    }

    private mutating func takeConda(_ contents: EnvironmentFile, of file: RequestFile) throws(RequestError) {
        for item in contents.packages {
            try add(conda: item.text, platforms: item.platforms, asker: Asker(file.name, file: file.name, line: item.line))
        }
        for item in contents.channels { try add(channel: item.text, file: file, line: item.line) }
        for item in contents.platforms { try add(platform: item.text, file: file, line: item.line) }
    }

    /// A line of the pip part, which may be for some platforms only.
    private mutating func takePip(
        _ item: EnvironmentFile.Item, of file: RequestFile, as role: RequirementRole
    ) async throws(RequestError) {
        let folder = file.isRemote ? reader.folder : file.base
        guard let platforms = item.platforms else {
            return try await read(item.text, of: file, firstLine: item.line, as: role, below: folder)
        }
        let before = result
        try await read(item.text, of: file, firstLine: item.line, as: role, below: folder)
        guard result.settings == before.settings else {
            throw RequestError(
                .unsupported("'\(item.text)' for some platforms only", help: "write it without the selector"), file: file.name, line: item.line)
        }
        result.narrow(since: before, to: platforms)
    }
}

extension ReadRequest {
    /// All but requirements and warnings.
    fileprivate var settings: ReadRequest {
        var settings = self
        settings.request = ResolutionRequest([])
        settings.unnamed = []
        settings.warnings = []
        return settings
    }

    /// Lets what is there since an earlier state hold on some platforms only.
    fileprivate mutating func narrow(since before: ReadRequest, to platforms: Set<Subdir>) {
        guard platforms != PlatformSelector.all else { return }
        guard let marker = try? Marker(parsing: PlatformSelector.marker(of: platforms)) else {
            self = before
            return
        }
        for place in request.requirements.indices.dropFirst(before.request.requirements.count) {
            request.requirements[place] = request.requirements[place].only(where: marker)
        }
        for place in request.constraints.indices.dropFirst(before.request.constraints.count) {
            request.constraints[place] = request.constraints[place].only(where: marker)
        }
        for place in request.overrides.indices.dropFirst(before.request.overrides.count) {
            request.overrides[place] = request.overrides[place].only(where: marker)
        }
        for place in unnamed.indices.dropFirst(before.unnamed.count) {
            unnamed[place].marker = unnamed[place].marker?.and(marker) ?? marker
        }
    }
}

extension RootRequirement {
    fileprivate func only(where marker: Marker) -> RootRequirement {
        var requirement = requirement
        requirement.marker = requirement.marker?.and(marker) ?? marker
        var root = RootRequirement(requirement, spelled: spelled, asker: asker, reference: reference)
        root.hashes = hashes
        return root
    }
}
