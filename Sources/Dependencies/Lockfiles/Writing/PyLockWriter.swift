import Digests
import PythonPackaging

extension PyLock {
    /// The lock as `pylock.toml`, with a line feed at the end. The same lock gives the same text.
    public var text: String {
        var writer = PyLockWriter()
        writer.write(self)
        return writer.text
    }
}

/// Writes keys in the order in which PEP 751 lists them, a package's files one a line.
private struct PyLockWriter {
    private(set) var text = ""

    mutating func write(_ lock: PyLock) {
        pair("lock-version", TOMLText.string(PyLock.formatVersion))
        pair("environments", strings: lock.environments)
        pair("requires-python", string: lock.requiresPython)
        pair("extras", strings: lock.extras.map(\.description))
        pair("dependency-groups", strings: lock.dependencyGroups)
        pair("default-groups", strings: lock.defaultGroups)
        pair("created-by", string: lock.createdBy)
        if lock.packages.isEmpty { pair("packages", "[]") }
        for package in lock.packages.sorted(by: LockedPackage.isOrdered) { write(package) }
        if let origin = lock.origin { text += LockOriginText.text(of: origin) }
        text += LockedCondaText.text(of: lock.conda, origin: lock.origin?.conda)
        for (name, table) in lock.otherTools.inOrder { write(tool: name, table, of: "tool") }
    }

    private mutating func write(_ package: LockedPackage) {
        text += "\n[[packages]]\n"
        pair("name", string: package.name.description)
        pair("version", string: package.version?.description)
        if let marker = package.marker { pair("marker", TOMLText.readable(marker.description)) }
        pair("requires-python", string: package.requiresPython)
        if !package.dependencies.isEmpty { pair("dependencies", TOMLText.lines(package.dependencies.map(Self.inline))) }
        write(direct: package.source)
        pair("index", string: package.index)
        if case .distributions(let sdist, let wheels) = package.source.inOrder {
            if let sdist { pair("sdist", Self.inline(sdist)) }
            if !wheels.isEmpty { pair("wheels", TOMLText.lines(wheels.map(Self.inline))) }
        }
        if !package.attestationIdentities.isEmpty {
            pair("attestation-identities", TOMLText.lines(package.attestationIdentities.map(TOMLText.inline)))
        }
        for (name, table) in package.tool.inOrder { write(tool: name, table, of: "packages.tool") }
    }

    private mutating func write(direct source: LockedSource) {
        switch source {
        case .distributions: break
        case .versionControl(let repository): pair("vcs", Self.inline(repository))
        case .directory(let directory): pair("directory", Self.inline(directory))
        case .archive(let archive): pair("archive", Self.inline(archive))
        }
    }

    private mutating func write(tool name: String, _ value: LockValue, of parent: String) {
        guard case .table(let table) = value else { return }
        text += "\n[\(parent).\(TOMLText.key(name))]\n"
        for (key, value) in table.inOrder {
            if case .array(let elements) = value, !elements.isEmpty {
                pair(key, TOMLText.list(elements.map(TOMLText.inline)))
            } else {
                pair(key, TOMLText.inline(value))
            }
        }
    }

    private mutating func pair(_ key: String, _ value: String) { text += "\(TOMLText.key(key)) = \(value)\n" }

    private mutating func pair(_ key: String, string: String?) {
        if let string { pair(key, TOMLText.string(string)) }
    }

    private mutating func pair(_ key: String, strings: [String]) {
        if !strings.isEmpty { pair(key, TOMLText.strings(strings)) }
    }
}

// MARK: - Inline tables

extension PyLockWriter {
    private static func inline(_ dependency: LockedDependency) -> String {
        var fields = Fields()
        fields.add("name", dependency.name.description)
        fields.add("version", dependency.version?.description)
        for (key, value) in dependency.others.inOrder { fields.add(key, literal: TOMLText.inline(value)) }
        return TOMLText.inline(fields.pairs)
    }

    private static func inline(_ file: LockedFile) -> String {
        var fields = Fields()
        fields.add("name", file.filename)
        fields.add("upload-time", literal: file.uploadTime?.description)
        fields.add("url", file.url)
        fields.add("path", file.path)
        fields.add("size", literal: file.size.map { "\($0)" })
        fields.add("hashes", literal: hashes(of: file))
        return TOMLText.inline(fields.pairs)
    }

    private static func hashes(of file: LockedFile) -> String {
        var hashes = file.otherHashes.mapValues(LockValue.string)
        hashes["sha256"] = .string(file.sha256.hex)
        return TOMLText.inline(.table(hashes))
    }

    private static func inline(_ archive: LockedArchive) -> String {
        var fields = Fields()
        fields.add("url", archive.file.url)
        fields.add("path", archive.file.path)
        fields.add("size", literal: archive.file.size.map { "\($0)" })
        fields.add("upload-time", literal: archive.file.uploadTime?.description)
        fields.add("hashes", literal: hashes(of: archive.file))
        fields.add("subdirectory", archive.subdirectory)
        return TOMLText.inline(fields.pairs)
    }

    private static func inline(_ repository: LockedRepository) -> String {
        var fields = Fields()
        fields.add("type", repository.type)
        fields.add("url", repository.url)
        fields.add("path", repository.path)
        fields.add("requested-revision", repository.requestedRevision)
        fields.add("commit-id", repository.commitID)
        fields.add("subdirectory", repository.subdirectory)
        return TOMLText.inline(fields.pairs)
    }

    private static func inline(_ directory: LockedDirectory) -> String {
        var fields = Fields()
        fields.add("path", directory.path)
        fields.add("editable", literal: directory.isEditable.map { "\($0)" })
        fields.add("subdirectory", directory.subdirectory)
        return TOMLText.inline(fields.pairs)
    }

    /// The pairs of an inline table, of which those without a value are left out.
    private struct Fields {
        private(set) var pairs: [(key: String, value: String)] = []

        mutating func add(_ key: String, _ text: String?) { add(key, literal: text.map(TOMLText.string)) }

        mutating func add(_ key: String, literal: String?) {
            if let literal { pairs.append((key, literal)) }
        }
    }
}
