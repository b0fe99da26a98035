import FoundationEssentials
package import SystemPackage

/// Corrects what an installation says about where it is.
///
/// Standalone builds run anywhere, but a few of their files hold paths of the machine that built them, and the name of its
/// compiler: what `sysconfig` tells, which source builds follow; files for `pkg-config`; and first lines of scripts.
package struct BuildPaths {
    /// The installation where it is now.
    let root: FilePath
    /// Where it will be.
    let place: FilePath
    /// The variables of the process: its search path says which compilers there are.
    let environment: [String: String]

    package init(root: FilePath, place: FilePath, environment: [String: String]) {
        self.root = root
        self.place = place
        self.environment = environment
    }

    /// Nothing is done to a build whose files do not say where it was made. Blocks.
    package func correct() {
        let libraries = FileQuestions.names(in: root.appending("lib")).filter { $0.hasPrefix("python3") }
            .map { root.appending("lib").appending($0) }
        let facts = libraries.flatMap { library in
            FileQuestions.names(in: library).filter { $0.hasPrefix("_sysconfig") || $0 == "build-details.json" }
                .map { library.appending($0) }
        }
        guard let old = facts.lazy.compactMap(prefix(in:)).first, old != place.string else { return }
        for file in facts { rewrite(file) { Compilers(environment: environment).corrected(Self.replacing(old, by: place.string, in: $0)) } }
        for file in makefiles(libraries) + packageFiles { rewrite(file) { Self.replacing(old, by: place.string, in: $0) } }
        for script in scripts { rewrite(script) { Self.replacingFirstLine(old, by: place.string, in: $0) } }
    }

    /// The value of `prefix` in what `sysconfig` reads.
    private func prefix(in file: FilePath) -> String? {
        guard let text = text(of: file), let key = text.firstRange(of: "'prefix': '") ?? text.firstRange(of: "\"prefix\": \"")
        else { return nil }
        let value = text[key.upperBound...].prefix { $0 != "'" && $0 != "\"" }
        return value.hasPrefix("/") && value.count > 1 ? String(value) : nil
    }

    private func makefiles(_ libraries: [FilePath]) -> [FilePath] {
        libraries.flatMap { library in
            FileQuestions.names(in: library).filter { $0.hasPrefix("config-") }
                .map { library.appending($0).appending("Makefile") }
        }
    }

    private var packageFiles: [FilePath] {
        let folder = root.appending("lib").appending("pkgconfig")
        return FileQuestions.names(in: folder).filter { $0.hasSuffix(".pc") }.map { folder.appending($0) }
    }

    private var scripts: [FilePath] {
        let folder = root.appending("bin")
        return FileQuestions.names(in: folder).map { folder.appending($0) }.filter { path in
            !FileQuestions.isLink(path) && FileQuestions.beginning(of: path, count: 3) == Array("#!/".utf8)
        }
    }

    private func text(of file: FilePath) -> String? {
        guard !FileQuestions.isLink(file) else { return nil }
        return FileQuestions.content(of: file, limit: 4 << 20).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// A file that cannot be written stays as it is: the Python runs without it.
    private func rewrite(_ file: FilePath, _ change: (String) -> String) {
        guard let text = text(of: file) else { return }
        let changed = change(text)
        guard changed != text else { return }
        let mode = (try? FileManager.default.attributesOfItem(atPath: file.string))?[.posixPermissions]
        guard (try? Data(changed.utf8).write(to: URL(filePath: file.string), options: .atomic)) != nil else { return }
        if let mode { try? FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.string) }
    }
}

extension BuildPaths {
    private static func replacingFirstLine(_ old: String, by new: String, in text: String) -> String {
        guard text.hasPrefix("#!\(old)/") else { return text }
        return "#!\(new)" + text.dropFirst(2 + old.count)
    }

    /// Replaces a path, and what is below it, where it stands as such: not `/x/install` nor `/install2` for `/install`.
    static func replacing(_ old: String, by new: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let found = rest.firstRange(of: old) {
            let before = text[..<found.lowerBound]
            let after = rest[found.upperBound...].first
            result += rest[..<found.lowerBound]
            result += begins(after: before) && ends(before: after) ? new : old
            rest = rest[found.upperBound...]
        }
        return result + rest
    }

    private static func begins(after text: Substring) -> Bool {
        guard let last = text.last else { return true }
        // As in `-I/install/include`.
        if "IL".contains(last) { return text.dropLast().last == "-" }
        return !last.isLetter && !last.isNumber && !"/._-".contains(last)
    }

    private static func ends(before next: Character?) -> Bool {
        guard let next else { return true }
        return !next.isLetter && !next.isNumber && !"._-".contains(next)
    }
}

/// The compilers that `sysconfig` names, where this machine has other ones.
private struct Compilers {
    let environment: [String: String]

    /// The usual name of what each variable of `sysconfig` begins with.
    private static let usual = [
        "CC": "cc", "LINKCC": "cc", "LDSHARED": "cc", "BLDSHARED": "cc", "CXX": "c++", "LDCXXSHARED": "c++", "AR": "ar",
    ]

    func corrected(_ text: String) -> String {
        var text = text
        for (variable, usual) in Self.usual.sorted(by: { $0.key < $1.key }) {
            for quote in ["'", "\""] {
                guard let key = text.firstRange(of: "\(quote)\(variable)\(quote): \(quote)") else { continue }
                let word = text[key.upperBound...].prefix { $0 != " " && String($0) != quote }
                guard !word.isEmpty, !exists(String(word)) else { continue }
                text.replaceSubrange(word.startIndex..<word.endIndex, with: usual)
            }
        }
        return text
    }

    private func exists(_ program: String) -> Bool {
        if program.contains("/") { return FileQuestions.isExecutable(FilePath(program)) }
        return PersonalPlaces(environment: environment).folders(in: "PATH").contains {
            FileQuestions.isExecutable($0.appending(program))
        }
    }
}
