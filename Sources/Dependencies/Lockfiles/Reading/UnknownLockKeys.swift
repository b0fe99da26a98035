import TOMLDocuments

/// The keys of a lock that version 1.0 of the format does not have.
struct UnknownLockKeys {
    private(set) var paths: [String] = []

    init(_ document: LockTable) throws(LockTable.Failure) {
        add(document, Self.document)
        for package in try document.tables("packages") ?? [] {
            add(package, Self.package)
            for (key, known) in Self.sources {
                if let table = try package.table(key) { add(table, known) }
            }
            for wheel in try package.tables("wheels") ?? [] { add(wheel, Self.file) }
        }
    }

    private mutating func add(_ table: LockTable, _ known: Set<String>) {
        paths += table.values.keys.filter { !known.contains($0) }.sorted().map(table.path)
    }

    private static let document: Set = [
        "lock-version", "environments", "requires-python", "extras", "dependency-groups", "default-groups", "created-by",
        "packages", "tool",
    ]
    private static let package: Set = [
        "name", "version", "marker", "requires-python", "dependencies", "vcs", "directory", "archive", "index", "sdist",
        "wheels", "attestation-identities", "tool",
    ]
    private static let file: Set = ["name", "upload-time", "url", "path", "size", "hashes"]
    private static let sources: [(String, Set<String>)] = [
        ("vcs", ["type", "url", "path", "requested-revision", "commit-id", "subdirectory"]),
        ("directory", ["path", "editable", "subdirectory"]),
        ("archive", ["url", "path", "size", "upload-time", "hashes", "subdirectory"]),
        ("sdist", file),
    ]
}
