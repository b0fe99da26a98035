public import CondaPackaging
import Digests
import PythonPackaging

extension PyLock {
    /// The lock as an `environment.yml` that pins everything: `name=version=build`, and Python packages below `pip:`.
    ///
    /// - Parameters:
    ///   - subdir: the platform; that of the lock where it is for one.
    ///   - name: of the environment.
    ///   - file: the lock as messages shall call it.
    /// - Throws: where the lock is for several platforms and none is named, or has no conda packages for it.
    public func environmentText(name: String? = nil, for subdir: Subdir?, file: String) throws(LockError) -> String {
        let (_, chosen) = try condaPackages(on: subdir, file: file)
        var lines: [String] = []
        if let name { lines.append("name: \(Self.scalar(name))") }
        lines.append("channels:")
        lines += (conda?.channels ?? []).map { "  - \(Self.scalar($0))" } + ["  - nodefaults", "dependencies:"]
        lines += chosen.map { "  - \(Self.scalar("\($0.record.name)=\($0.record.version)=\($0.record.build)"))" }
        guard !packages.isEmpty else { return lines.joined(separator: "\n") + "\n" }
        if !chosen.contains(where: { $0.record.name.description == "pip" }) { lines.append("  - pip") }
        lines.append("  - pip:")
        for package in packages { lines.append("      - \(Self.scalar(try Self.pinned(package, file: file)))") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func pinned(_ package: LockedPackage, file: String) throws(LockError) -> String {
        let marker = package.marker.map { " ; \($0)" } ?? ""
        switch package.source {
        case .distributions:
            guard let version = package.version else { return "\(package.name)\(marker)" }
            return "\(package.name)==\(version)\(marker)"
        case .versionControl(let repository):
            guard let url = repository.url else { return "\(repository.path ?? "")\(marker)" }
            let place = repository.subdirectory.map { "#subdirectory=\($0)" } ?? ""
            return "\(package.name) @ \(repository.type)+\(url)@\(repository.commitID)\(place)\(marker)"
        case .directory(let directory): return (directory.isEditable == true ? "-e " : "") + directory.path
        case .archive(let archive):
            guard let url = archive.file.url else { return archive.file.path ?? "" }
            return "\(package.name) @ \(url)#sha256=\(archive.file.sha256.hex)\(marker)"
        }
    }

    /// A text of YAML, in quotes where it would be something else without them.
    private static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"'`[]{},#&*!|>%@\\".utf8.contains($0) }
        guard isPlain, let first = text.utf8.first, !"-?:=<~".utf8.contains(first), !text.hasSuffix(":"), text.contains(where: \.isLetter),
            !["yes", "no", "on", "off", "true", "false", "null", "y", "n"].contains(text.lowercased())
        else { return "'\(text.replacing("'", with: "''"))'" }
        return text
    }
}
