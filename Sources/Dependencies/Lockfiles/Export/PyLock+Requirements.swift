internal import Digests
public import PythonPackaging

extension PyLock {
    /// The lock as `requirements.txt` for pip and uv: every package pinned, with hashes, and with a marker where it is not
    /// for all environments. The same lock gives the same text.
    ///
    /// Paths stay relative to the folder of the lock. What the format has no words for is left out: other versions of the
    /// hash, sizes, times, and from which index a file came.
    ///
    /// - Parameters:
    ///   - extras: The extras to install; `requirements.txt` cannot leave the choice open.
    ///   - dependencyGroups: The groups to install; the lock's default groups where nothing is said.
    ///   - file: The lock as messages shall call it.
    /// - Throws: For a package that `requirements.txt` cannot name.
    public func requirementsText(
        extras: Set<ExtraName> = [], dependencyGroups: [String]? = nil, file: String
    ) throws(LockError) -> String {
        let groups = (dependencyGroups ?? defaultGroups).compactMap { try? PackageName(parsing: $0) }
        let selection = MarkerSelection.lockFile(extras: extras, dependencyGroups: Set(groups))
        var lines: [String] = []
        for (position, package) in packages.sorted(by: LockedPackage.isOrdered).enumerated() {
            let marker: Marker?
            switch package.marker?.reduced(by: selection) {
            case nil, .always: marker = nil
            case .when(let condition): marker = condition
            case .never: continue
            }
            guard let line = RequirementLine(package, marker: marker) else {
                throw LockError(
                    file: file, keyPath: "packages[\(position)] (\(package.name))",
                    problem: .unsuitable("\(package.source.words), which requirements.txt has no words for"))
            }
            lines.append(line.text)
        }
        return lines.map { "\($0)\n" }.joined()
    }
}

/// A package in the words of pip.
private struct RequirementLine {
    let text: String

    init?(_ package: LockedPackage, marker: Marker?) {
        guard let name = Self.name(package) else { return nil }
        var parts = [marker.map { "\(name) ; \($0)" } ?? name]
        parts += Set(Self.hashes(package.source)).sorted().map { "    --hash=sha256:\($0)" }
        text = parts.joined(separator: " \\\n")
    }

    private static func name(_ package: LockedPackage) -> String? {
        switch package.source {
        case .distributions:
            return (package.version ?? version(of: package)).map { "\(package.name)==\($0)" }
        case .versionControl(let repository):
            let subdirectory = repository.subdirectory.map { "#subdirectory=\($0)" } ?? ""
            return repository.url.map { "\(package.name) @ \(repository.type)+\($0)@\(repository.commitID)\(subdirectory)" }
        case .directory(let directory):
            let path = [directory.path, directory.subdirectory].compactMap(\.self).joined(separator: "/")
            return (directory.isEditable == true ? "-e " : "") + self.path(path)
        case .archive(let archive):
            let subdirectory = archive.subdirectory.map { "#subdirectory=\($0)" } ?? ""
            if let url = archive.file.url { return "\(package.name) @ \(url)\(subdirectory)" }
            return archive.file.path.map { path($0) + subdirectory }
        }
    }

    /// The version of a package that only its files tell.
    private static func version(of package: LockedPackage) -> Version? {
        if let wheel = package.wheels.first { return (try? WheelFilename(parsing: wheel.filename))?.version }
        return package.sdist.flatMap { (try? SdistFilename(parsing: $0.filename))?.version }
    }

    /// A relative path in a form that cannot be taken for a name.
    private static func path(_ path: String) -> String {
        path.hasPrefix("/") || path.hasPrefix(".") ? path : "./\(path)"
    }

    private static func hashes(_ source: LockedSource) -> [String] {
        switch source {
        case .distributions(let sdist, let wheels): ((sdist.map { [$0] } ?? []) + wheels).map(\.sha256.hex)
        case .archive(let archive): [archive.file.sha256.hex]
        case .versionControl, .directory: []
        }
    }
}
