internal import PythonPackaging

extension RequestDraft {
    /// Reads the pip part of an `environment.yml`, and the Python that it names.
    ///
    /// As with conda, relative paths begin in the folder of the file.
    mutating func readEnvironment(
        _ text: String, of file: RequestFile, as role: RequirementRole
    ) async throws(RequestError) {
        let contents: EnvironmentFile
        do {
            contents = try EnvironmentFile(text)
        } catch {
            throw RequestError(.syntax(error.reason), file: file.name, line: error.line)
        }
        var others: [String] = []
        for item in contents.packages {
            let package = CondaPackage(item.text)
            switch package.name {
            case "python": try take(python: package, item: item, file: file)
            case "pip", "nodefaults": break
            default: others.append(package.name)
            }
        }
        if !others.isEmpty {
            result.warnings.append("\(file.name): packages of conda are not read: \(others.joined(separator: ", "))")
        }
        for item in contents.pip {
            try await read(
                item.text, of: file, firstLine: item.line, as: role, below: file.isRemote ? reader.folder : file.base)
        }
    }

    private mutating func take(
        python: CondaPackage, item: EnvironmentFile.Item, file: RequestFile
    ) throws(RequestError) {
        guard !python.version.isEmpty else { return }
        guard let specifiers = try? SpecifierSet(parsing: python.specifiers) else {
            throw RequestError(
                .value("'\(item.text)'", expected: "python with a version, such as python=3.11 or python>=3.9,<3.13"),
                file: file.name, line: item.line)
        }
        result.python = python.isFuzzy ? python.version : python.specifiers
        result.requiresPython = result.requiresPython.map { $0.and(specifiers) } ?? specifiers
    }
}

/// A package as conda's match specs name it: `python=3.11`, `conda-forge::python >=3.9,<3.13`.
struct CondaPackage {
    let name: String
    /// With operators; without the build.
    let version: String
    /// Whether `=` stands before the version: every version that begins so.
    let isFuzzy: Bool

    init(_ text: String) {
        let rest = text.range(ofChannel: "::").map { text[$0...] } ?? text[...]
        name = rest.prefix { !" =<>!~[".contains($0) }.lowercased()
        let constraint = rest.dropFirst(name.count).trimmed
        isFuzzy = constraint.hasPrefix("=") && !constraint.hasPrefix("==")
        let body = isFuzzy ? constraint.dropFirst().trimmed : constraint
        // `3.11=h1234_0` and `3.11 h1234_0` name a build too.
        let isExact = body.first?.isNumber == true && !body.contains(",")
        let bare = isExact ? body.prefix { $0 != "=" && $0 != " " } : body[...]
        version = isFuzzy && bare.hasSuffix(".*") ? String(bare.dropLast(2)) : String(bare)
    }

    /// The same as PEP 440 has it.
    var specifiers: String {
        if isFuzzy { return "==\(version).*" }
        let isBare = version.first?.isNumber == true && !version.contains(",")
        return isBare ? "==\(version)" : version.split(separator: ",").map { part in
            part.first?.isNumber == true ? "==\(part)" : String(part)
        }.joined(separator: ",")
    }
}

extension String {
    /// Where the text goes on behind a mark.
    fileprivate func range(ofChannel mark: String) -> Index? {
        var rest = self[...]
        while let start = rest.firstIndex(of: ":") {
            rest = rest[start...]
            if rest.hasPrefix(mark) { return rest.index(start, offsetBy: mark.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
