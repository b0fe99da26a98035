internal import Digests
internal import PackageSources
internal import PythonPackaging

extension RequestDraft {
    /// Reads a requirements file, and the files that it names.
    mutating func readRequirements(
        _ text: String, of file: RequestFile, as role: RequirementRole
    ) async throws(RequestError) {
        try await read(text, of: file, firstLine: 1, as: role, below: reader.folder)
    }

    /// Follows lines of a requirements file.
    ///
    /// - Parameters:
    ///   - firstLine: the line of the file that the text begins on.
    ///   - folder: where the relative paths of packages begin.
    mutating func read(
        _ text: String, of file: RequestFile, firstLine: Int, as role: RequirementRole, below folder: String
    ) async throws(RequestError) {
        let contents: RequirementsFile
        do {
            contents = try RequirementsFile(text, environment: reader.environment, firstLine: firstLine)
        } catch {
            throw RequestError(.line(error.text, reason: error.error.reason), file: file.name, line: error.line)
        }
        for entry in contents.entries {
            for warning in entry.warnings { result.warnings.append("\(file.name):\(entry.line): \(warning)") }
            switch entry.statement {
            case .requirement(let text, let spelled, let hashes, let isEditable):
                let asker = Asker(file.name, file: file.name, line: entry.line)
                try add(
                    text, spelled: spelled, asker: asker, role: role,
                    hashes: try digests(hashes, file: file, line: entry.line), isEditable: isEditable, below: folder)
            case .options(let options):
                for option in options { try await follow(option, in: file, line: entry.line, as: role) }
            }
        }
    }

    /// The hashes that can be checked; of several kinds, SHA-256 is enough.
    private func digests(_ texts: [String], file: RequestFile, line: Int) throws(RequestError) -> Set<SHA256Digest> {
        var digests: Set<SHA256Digest> = []
        for text in texts {
            let pair = text.split(separator: ":", maxSplits: 1)
            let digits = pair.count == 2 ? pair[1] : ""
            switch pair.first {
            case "sha256":
                guard let digest = SHA256Digest(hex: digits) else {
                    throw RequestError(.hash(text), file: file.name, line: line)
                }
                digests.insert(digest)
            case "sha384" where digits.utf8.count == 96 && digits.allSatisfy(\.isHexDigit),
                "sha512" where digits.utf8.count == 128 && digits.allSatisfy(\.isHexDigit):
                continue
            default: throw RequestError(.hash(text), file: file.name, line: line)
            }
        }
        if let first = texts.first, digests.isEmpty { throw RequestError(.hash(first), file: file.name, line: line) }
        return digests
    }

    private mutating func follow(
        _ option: RequirementsOption, in file: RequestFile, line: Int, as role: RequirementRole
    ) async throws(RequestError) {
        switch option {
        case .requirements(let path):
            // As in pip, also where a file of constraints names it; overrides stay among themselves.
            try await include(path, from: file, line: line, as: role == .override ? .override : .requirement)
        case .constraints(let path): try await include(path, from: file, line: line, as: .constraint)
        case .indexURL(let url): result.indexOptions.indexURL = url
        case .extraIndexURL(let url): result.indexOptions.extraIndexURLs.append(url)
        case .noIndex: result.indexOptions.ignoresIndexes = true
        case .findLinks(let place): try addFindLinks(place, from: file)
        case .trustedHost(let host): result.indexOptions.trustedHosts.append(host)
        case .noBinary(let names), .onlyBinary(let names):
            do {
                if case .noBinary = option { try result.builds.alwaysBuild(names) } else { try result.builds.neverBuild(names) }
            } catch {
                throw RequestError(.line(names, reason: error.description), file: file.name, line: line)
            }
        case .prefersBinary: result.prefersWheels = true
        case .requiresHashes: result.requiresHashes = true
        case .prereleases: result.allowsPrereleases = true
        case .editable, .hash, .ignored: break
        }
    }

    private mutating func include(
        _ path: String, from file: RequestFile, line: Int, as role: RequirementRole
    ) async throws(RequestError) {
        let other = try RequestFile(path, below: file.base, seenFrom: reader.folder)
        do {
            try await read(other, as: role)
        } catch {
            guard case .noFile = error.problem, error.file == other.name, error.line == nil else { throw error }
            let option = role == .constraint ? "-c" : "-r"
            throw RequestError(
                .line("\(option) \(path)", reason: "there is no file \(other.name)"), file: file.name, line: line)
        }
    }

    /// A path that exists below the file's folder is meant so, as in pip; others begin in the working folder.
    private mutating func addFindLinks(_ place: String, from file: RequestFile) throws(RequestError) {
        guard !place.contains("://"), !place.lowercased().hasPrefix("file:"), !place.hasPrefix("/"), !file.isRemote else {
            result.indexOptions.findLinks.append(place)
            return
        }
        let beside = LexicalPath.normalized("\(file.base)/\(place)")
        result.indexOptions.findLinks.append(
            reader.files.exists(beside) ? beside : LexicalPath.normalized("\(reader.folder)/\(place)"))
    }
}

extension RequirementsOptionError {
    /// What is wrong, for a sentence that quotes the line.
    var reason: String {
        switch self {
        case .unknown(let option): "\(option) is not an option that requirements files may have"
        case .ambiguous(let option, let names): "\(option) may mean \(names.joined(separator: " or "))"
        case .noValue(let option): "\(option) needs a value"
        case .unwantedValue(let option): "\(option) takes no value"
        case .unclosedQuote: "a quote or a backslash is left open"
        case .stray(let word): "'\(DirectReference.redacting(word))' belongs to no option"
        }
    }
}
