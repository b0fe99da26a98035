import CondaPackaging
import Digests
import PythonPackaging

/// Makes conda's part of a lock of the table `[tool.penstock.conda]`.
struct LockedCondaReader {
    let table: LockTable

    func read() throws(LockTable.Failure) -> LockedConda {
        var packages: [LockedCondaPackage] = []
        for entry in try table.tables("packages") ?? [] { packages.append(try LockedCondaPackageReader(entry).read()) }
        try checkOnce(packages)
        return LockedConda(channels: try table.strings("channels") ?? [], packages: packages)
    }

    /// What was asked, where the lock says so.
    func readOrigin() throws(LockTable.Failure) -> CondaOrigin? {
        guard table.values["requirements"] != nil else { return nil }
        var platforms: [CondaOrigin.Platform] = []
        for entry in try table.tables("platforms") ?? [] {
            platforms.append(
                CondaOrigin.Platform(
                    try entry.required("subdir", entry.condaValue("subdir", as: Subdir.self)),
                    virtualPackages: try virtualPackages(entry), target: try Self.target(entry)))
        }
        return CondaOrigin(
            requirements: try AnsweredRequirementReader(table: table).read("requirements"),
            channels: try table.strings("channels") ?? [], priority: try table.string("priority"), platforms: platforms,
            preference: try table.string("prefer"), preferences: try preferences(), mapping: try mapping())
    }

    /// That no two packages of one name are for the same target.
    private func checkOnce(_ packages: [LockedCondaPackage]) throws(LockTable.Failure) {
        for (name, entries) in Dictionary(grouping: packages, by: \.record.name) where entries.count > 1 {
            let targets = entries.flatMap(\.targets)
            guard entries.contains(where: \.targets.isEmpty) || Set(targets).count < targets.count else { continue }
            throw table.failure("packages", .invalid("two entries are for the package '\(name)' on the same target"))
        }
    }

    private func virtualPackages(_ entry: LockTable) throws(LockTable.Failure) -> [VirtualPackage] {
        var packages: [VirtualPackage] = []
        for text in try entry.strings("virtual-packages") ?? [] {
            do {
                packages.append(try VirtualPackage(parsing: text))
            } catch {
                throw entry.failure("virtual-packages", .invalid("\(error)"))
            }
        }
        return packages
    }

    private func preferences() throws(LockTable.Failure) -> [String: String] {
        guard let entry = try table.table("preferences") else { return [:] }
        var preferences: [String: String] = [:]
        for name in entry.values.keys.sorted() { preferences[name] = try entry.string(name) }
        return preferences
    }

    private func mapping() throws(LockTable.Failure) -> [String: [String]] {
        guard let entry = try table.table("mapping") else { return [:] }
        var mapping: [String: [String]] = [:]
        for name in entry.values.keys.sorted() { mapping[name] = try entry.strings(name) }
        return mapping
    }

    static func target(_ entry: LockTable) throws(LockTable.Failure) -> LockTarget? {
        guard let platform = try entry.string("platform") else { return nil }
        return LockTarget(platform: platform, python: try entry.required("python", entry.string("python")))
    }
}

extension LockTable {
    /// A string with a grammar of conda's.
    func condaValue<Value: CodedAsText>(_ key: String, as type: Value.Type = Value.self) throws(Failure) -> Value? {
        guard let text = try string(key) else { return nil }
        do {
            return try Value(decoding: text)
        } catch {
            throw failure(key, .invalid("\(error)"))
        }
    }

    /// A number that is not negative.
    func count(_ key: String) throws(Failure) -> UInt64? {
        guard let number = try integer(key) else { return nil }
        guard let count = UInt64(exactly: number) else { throw failure(key, .invalid("\(number) is negative")) }
        return count
    }
}
