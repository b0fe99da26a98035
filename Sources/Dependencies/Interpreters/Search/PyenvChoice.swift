import SystemPackage

/// Which versions a shim of pyenv would run here and now.
///
/// As pyenv has it: `PYENV_VERSION`, else the nearest `.python-version` from the working folder upwards, else the file
/// `version` of its root; several versions may be named, and a name may be the beginning of a version.
struct PyenvChoice {
    let root: FilePath
    let environment: [String: String]

    /// The folders of their binaries, in order; none for what is not installed, nor for `system`.
    func folders() -> [FilePath] {
        let installed = FileQuestions.names(in: root.appending("versions"))
        return names().compactMap { name in
            folder(name, installed) ?? folder(name.hasPrefix("python-") ? String(name.dropFirst(7)) : name, installed)
        }
    }

    private func names() -> [String] {
        if let named = environment["PYENV_VERSION"], !named.isEmpty { return named.split(separator: ":").map(String.init) }
        var folder = environment["PYENV_DIR"].flatMap { $0.isEmpty ? nil : FilePath($0) } ?? FileQuestions.realPath(".")
        while let here = folder {
            if let names = words(in: here.appending(".python-version")) { return names }
            folder = here.components.isEmpty ? nil : here.removingLastComponent()
        }
        return words(in: root.appending("version")) ?? []
    }

    /// `nil` if there is no such file, or nothing in it.
    private func words(in file: FilePath) -> [String]? {
        guard let bytes = FileQuestions.content(of: file) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        let words = lines.flatMap { line in line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init) }
        return words.isEmpty ? nil : words
    }

    private func folder(_ name: String, _ installed: [String]) -> FilePath? {
        guard !name.contains("/"), name != ".." else { return nil }
        let newest = installed.filter { $0 == name || $0.hasPrefix(name + ".") }
            .max { ordinals($0).lexicographicallyPrecedes(ordinals($1)) }
        return (installed.contains(name) ? name : newest).map { root.appending("versions").appending($0).appending("bin") }
    }

    private func ordinals(_ version: String) -> [UInt64] {
        version.split(separator: ".").map { UInt64($0.prefix { $0.isNumber }) ?? 0 }
    }
}
