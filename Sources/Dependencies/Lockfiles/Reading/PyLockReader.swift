import PythonPackaging
import TOMLDocuments

extension PyLock {
    /// Reads `pylock.toml` with everything that the format allows.
    ///
    /// - Parameter file: The file as messages shall call it.
    public init(parsing text: String, file: String) throws(LockError) {
        self = try PyLock.reading(text, file: file).lock
    }

    /// Reads `pylock.toml` out of its bytes.
    public init(parsing bytes: [UInt8], file: String) throws(LockError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw LockError(file: file, keyPath: "", problem: .malformed("it is not UTF-8"))
        }
        try self.init(parsing: text, file: file)
    }

    /// Reads `pylock.toml` with everything that the format allows, and tells what a person should know about it.
    ///
    /// - Returns: The lock, and warnings: sentences on a later minor version of the format, and on keys that are not
    ///   understood and were passed over.
    public static func reading(_ text: String, file: String) throws(LockError) -> (lock: PyLock, warnings: [String]) {
        let document: [String: TOMLNode]
        do {
            document = try TOMLDocument.read(text)
        } catch {
            throw LockError(file: file, line: error.line, keyPath: "", problem: .malformed(error.reason))
        }
        let reader = PyLockReader(document: LockTable(values: document, path: "", line: nil))
        do {
            return (try reader.read(), try reader.warnings(file: file))
        } catch {
            throw LockError(file: file, line: error.line, keyPath: error.path, problem: error.problem)
        }
    }
}

/// Makes a lock of a document.
private struct PyLockReader {
    let document: LockTable

    func read() throws(LockTable.Failure) -> PyLock {
        try checkVersion()
        let creator = try document.required("created-by", document.string("created-by"))
        var packages: [LockedPackage] = []
        for table in try document.required("packages", document.tables("packages")) {
            var reader = LockedPackageReader(table)
            packages.append(try reader.read())
        }
        let tools = try document.table("tool")
        let own = try tools?.table("penstock")
        return PyLock(
            environments: try document.checkedList("environments", as: Marker.self),
            requiresPython: try document.checked("requires-python", as: SpecifierSet.self),
            extras: try document.parsedList("extras"),
            dependencyGroups: try document.strings("dependency-groups") ?? [],
            defaultGroups: try document.strings("default-groups") ?? [], createdBy: creator, packages: packages,
            conda: try own?.table("conda").map { table throws(LockTable.Failure) in try LockedCondaReader(table: table).read() },
            origin: try saysWhatItAnswers(own).map { table throws(LockTable.Failure) in
                try LockOriginReader(table: table).read()
            },
            otherTools: try otherTools(tools))
    }

    /// On keys that have no meaning in version 1.0 and are therefore passed over (PEP 751, `lock-version`).
    func warnings(file: String) throws(LockTable.Failure) -> [String] {
        let version = try document.string("lock-version") ?? ""
        let unknown = try UnknownLockKeys(document).paths
        guard version == PyLock.formatVersion else {
            let list = unknown.isEmpty ? "" : ": \(unknown.joined(separator: ", "))"
            return [
                "\(file) has version \(version) of the lock format; what is newer than 1.0 in it was passed over\(list)"
            ]
        }
        return unknown.map { "\(file): \($0) was passed over: the lock format has no such key" }
    }

    private func checkVersion() throws(LockTable.Failure) {
        let text = try document.required("lock-version", document.string("lock-version"))
        guard let version: Version = try document.parsed("lock-version"), version.major == 1, version.epoch == 0 else {
            throw document.failure("lock-version", .unsupportedVersion(text))
        }
    }

    /// A lock that was made of another tool's has conda packages, but no word on what was asked.
    private func saysWhatItAnswers(_ own: LockTable?) -> LockTable? {
        own.flatMap { $0.values.keys.contains { $0 != "conda" } || $0.values.isEmpty ? $0 : nil }
    }

    private func otherTools(_ tools: LockTable?) throws(LockTable.Failure) -> [String: LockValue] {
        guard let tools else { return [:] }
        for name in tools.values.keys { _ = try tools.table(name) }
        return tools.values.filter { $0.key != "penstock" }.mapValues(LockValue.init)
    }
}
