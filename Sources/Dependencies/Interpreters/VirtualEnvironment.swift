import SystemPackage

/// A virtual environment that a Python binary belongs to (PEP 405).
struct VirtualEnvironment {
    var root: FilePath
    /// The folder of the base interpreter's binaries.
    var home: FilePath?

    /// The environment of `binary`: one whose `pyvenv.cfg` stands beside the binary or one folder above, as Python
    /// itself looks for it, without following links.
    init?(of binary: FilePath) {
        let folder = binary.removingLastComponent()
        for root in [folder, folder.removingLastComponent()] {
            guard let bytes = FileQuestions.content(of: root.appending("pyvenv.cfg")) else { continue }
            self.root = root
            home = Self.value(of: "home", in: String(decoding: bytes, as: UTF8.self)).map { FilePath($0) }
            return
        }
        return nil
    }

    private static func value(of key: String, in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].filter { !$0.isWhitespace }
            if name.lowercased() == key { return String(line[line.index(after: equals)...].drop(while: \.isWhitespace)) }
        }
        return nil
    }

    /// The binary that `binary` stands for: what it links to, or, where it is a copy, its namesake in `home`.
    func baseBinary(of binary: FilePath, realPath: FilePath) -> FilePath? {
        let realRoot = FileQuestions.realPath(root) ?? root
        guard realPath.starts(with: realRoot) else { return realPath }
        guard let home, let name = binary.lastComponent else { return nil }
        let names = [name.string, "python3", "python"]
        return names.lazy.map { home.appending($0) }.first(where: FileQuestions.isExecutable)
            .flatMap(FileQuestions.realPath)
    }
}
