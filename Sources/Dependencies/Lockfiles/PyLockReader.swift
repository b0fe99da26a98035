import Digests
import PythonPackaging
private import TOMLKit

extension PyLock {
    /// Reads a `pylock.toml`.
    ///
    /// - Parameter file: how errors name it.
    /// - Throws: `LockError`, also for entries that are valid and that this version cannot install.
    public init(parsing text: String, file: String) throws(LockError) {
        self = try PyLockReader(file: file).lock(text)
    }
}

/// Reads a lock, and names the key of what is wrong.
private struct PyLockReader {
    let file: String

    func lock(_ text: String) throws(LockError) -> PyLock {
        let table = try parse(text)
        let version = try string(table, "lock-version", "")
        guard version == PyLock.formatVersion || version.hasPrefix("1.") else {
            throw LockError(file: file, .formatVersion(version))
        }
        var packages: [LockedPackage] = []
        for (index, entry) in try tables(table, "packages", "").enumerated() {
            packages.append(try package(entry, "packages[\(index)]."))
        }
        return PyLock(
            environments: try strings(table, "environments", ""),
            requiresPython: try optionalString(table, "requires-python", ""),
            createdBy: try optionalString(table, "created-by", "") ?? "", packages: packages,
            origin: try origin(table))
    }

    private func parse(_ text: String) throws(LockError) -> TOMLTable {
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw LockError(file: file, .syntax(line: error.source.begin.line, message: error.description))
        } catch {
            throw LockError(file: file, .syntax(line: 1, message: "\(error)"))
        }
    }

    private func package(_ table: TOMLTable, _ path: String) throws(LockError) -> LockedPackage {
        let spelled = try string(table, "name", path)
        for (key, what) in [
            ("vcs", "comes from a repository"), ("directory", "is a directory"), ("archive", "is an archive at an address"),
        ] where table[key] != nil {
            throw LockError(file: file, .unsupported(package: spelled, what: what))
        }
        let wheels = try tables(table, "wheels", path)
        if wheels.isEmpty { throw LockError(file: file, .unsupported(package: spelled, what: "has no wheels")) }
        var locked: [LockedWheel] = []
        for (index, entry) in wheels.enumerated() { locked.append(try wheel(entry, "\(path)wheels[\(index)].")) }
        var dependencies: [PackageName] = []
        for (index, entry) in try tables(table, "dependencies", path).enumerated() {
            let key = "\(path)dependencies[\(index)]."
            dependencies.append(try name(try string(entry, "name", key), key + "name"))
        }
        return LockedPackage(
            name: try name(spelled, path + "name"), version: try version(table, path),
            requiresPython: try optionalString(table, "requires-python", path),
            marker: try marker(table, path), dependencies: dependencies,
            index: try optionalString(table, "index", path), wheels: locked)
    }

    private func wheel(_ table: TOMLTable, _ path: String) throws(LockError) -> LockedWheel {
        let url = try string(table, "url", path)
        let last = url.split(separator: "/").last.map { String($0.prefix { $0 != "#" && $0 != "?" }) }
        let filename = try optionalString(table, "name", path) ?? last ?? ""
        guard (try? WheelFilename(parsing: filename)) != nil else {
            throw LockError(file: file, .value(path + "name", text: filename, problem: "which is not the name of a wheel"))
        }
        guard let hashes = table["hashes"]?.table else {
            throw LockError(file: file, .key(path + "hashes", expected: "a table"))
        }
        let hex = try string(hashes, "sha256", path + "hashes.")
        guard let digest = SHA256Digest(hex: hex) else {
            throw LockError(
                file: file, .value(path + "hashes.sha256", text: hex, problem: "which is not 64 hexadecimal digits"))
        }
        return LockedWheel(
            filename: filename, url: url, sha256: digest, size: table["size"]?.int.map { Int64($0) },
            uploadTime: table["upload-time"]?.dateTime.map(text))
    }

    private func origin(_ table: TOMLTable) throws(LockError) -> LockOrigin? {
        guard let own = table["tool"]?.table?["penstock"]?.table else { return nil }
        return LockOrigin(
            requirements: try strings(own, "requirements", "tool.penstock."),
            python: try string(own, "python", "tool.penstock."),
            platform: try string(own, "platform", "tool.penstock."))
    }

    // MARK: Values

    private func string(_ table: TOMLTable, _ key: String, _ path: String) throws(LockError) -> String {
        guard let text = table[key]?.string else { throw LockError(file: file, .key(path + key, expected: "a text")) }
        return text
    }

    private func optionalString(_ table: TOMLTable, _ key: String, _ path: String) throws(LockError) -> String? {
        table[key] == nil ? nil : try string(table, key, path)
    }

    private func strings(_ table: TOMLTable, _ key: String, _ path: String) throws(LockError) -> [String] {
        guard let value = table[key] else { return [] }
        guard let array = value.array else { throw LockError(file: file, .key(path + key, expected: "a list of texts")) }
        var texts: [String] = []
        for element in array {
            guard let text = element.string else {
                throw LockError(file: file, .key(path + key, expected: "a list of texts"))
            }
            texts.append(text)
        }
        return texts
    }

    private func tables(_ table: TOMLTable, _ key: String, _ path: String) throws(LockError) -> [TOMLTable] {
        guard let value = table[key] else { return [] }
        guard let array = value.array else { throw LockError(file: file, .key(path + key, expected: "a list of tables")) }
        var tables: [TOMLTable] = []
        for element in array {
            guard let entry = element.table else {
                throw LockError(file: file, .key(path + key, expected: "a list of tables"))
            }
            tables.append(entry)
        }
        return tables
    }

    private func name(_ text: String, _ path: String) throws(LockError) -> PackageName {
        guard let name = try? PackageName(parsing: text) else {
            throw LockError(file: file, .value(path, text: text, problem: "which is not the name of a project"))
        }
        return name
    }

    private func marker(_ table: TOMLTable, _ path: String) throws(LockError) -> String? {
        guard let text = try optionalString(table, "marker", path) else { return nil }
        guard (try? Marker(parsing: text)) != nil else {
            throw LockError(file: file, .value(path + "marker", text: text, problem: "which is not a marker (PEP 508)"))
        }
        return text
    }

    private func version(_ table: TOMLTable, _ path: String) throws(LockError) -> Version {
        let text = try string(table, "version", path)
        guard let version = try? Version(parsing: text) else {
            throw LockError(file: file, .value(path + "version", text: text, problem: "which is not a version (PEP 440)"))
        }
        return version
    }

    /// As PEP 751 writes it: UTC, with the fraction that is there.
    private func text(_ moment: TOMLDateTime) -> String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var fraction = moment.time.nanoSecond > 0 ? "." + padded(moment.time.nanoSecond, 9) : ""
        while fraction.last == "0" { fraction.removeLast() }
        return "\(padded(moment.date.year, 4))-\(padded(moment.date.month, 2))-\(padded(moment.date.day, 2))"
            + "T\(padded(moment.time.hour, 2)):\(padded(moment.time.minute, 2)):\(padded(moment.time.second, 2))"
            + "\(fraction)Z"
    }
}
