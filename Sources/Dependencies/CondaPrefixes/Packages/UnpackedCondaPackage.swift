import Archives
import FoundationEssentials
public import SystemPackage

/// A conda package, unpacked in the cache.
public struct UnpackedCondaPackage: Sendable {
    /// `numpy-2.1.3-py312_0`, for messages.
    public let name: String
    /// Its files.
    public let files: FilePath
    /// The folder `info`.
    public let information: FilePath

    /// - Parameter place: What `CondaPackageCache` has made.
    init(name: String, at place: FilePath) {
        self.name = name
        let apart = place.appending("information").appending("info")
        files = place.appending("files")
        information = FileManager.default.fileExists(atPath: apart.string) ? apart : files.appending("info")
    }

    /// What it consists of, as `info/paths.json` says; of older packages, as `info/files` and its neighbours do.
    public func paths() throws(CondaPrefixError) -> [PackagePath] {
        let found: [PackagePath]
        if let data = content("paths.json") {
            found = try decode(PathsFile.self, data, "paths.json").paths
        } else {
            found = try OlderPaths(self).read()
        }
        for path in found {
            guard (try? EntryPath(parsing: path.path))?.string == path.path else {
                throw .information(package: name, file: "info/paths.json", reason: "names '\(path.path)', which is no path below the prefix")
            }
        }
        return found
    }

    /// Commands of a `noarch: python` package: `name = module:function`.
    func entryPoints() throws(CondaPrefixError) -> [String] {
        guard let data = content("link.json") else { return [] }
        return try decode(LinkFile.self, data, "link.json").noarch?.entryPoints ?? []
    }

    func content(_ file: String) -> Data? { FileManager.default.contents(atPath: information.appending(file).string) }

    private func decode<Value: Decodable>(_ type: Value.Type, _ data: Data, _ file: String) throws(CondaPrefixError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw .information(package: name, file: "info/\(file)", reason: "has no meaning: \(error)")
        }
    }
}

private struct PathsFile: Decodable {
    let paths: [PackagePath]
}

private struct LinkFile: Decodable {
    struct NoArch: Decodable {
        let entryPoints: [String]?

        enum CodingKeys: String, CodingKey { case entryPoints = "entry_points" }
    }

    let noarch: NoArch?
}

/// What packages tell that were made before `paths.json`.
private struct OlderPaths {
    let package: UnpackedCondaPackage

    init(_ package: UnpackedCondaPackage) { self.package = package }

    func read() throws(CondaPrefixError) -> [PackagePath] {
        let placeholders = try placeholders()
        let copied = Set(lines("no_link"))
        return lines("files").map { path in
            var isLink = false
            if (try? FileManager.default.destinationOfSymbolicLink(atPath: package.files.appending(path).string)) != nil { isLink = true }
            let placeholder = placeholders[path]
            return PackagePath(
                path, kind: isLink ? .softlink : .hardlink, placeholder: placeholder?.text, mode: placeholder?.mode,
                isCopied: copied.contains(path))
        }
    }

    /// The placeholder of packages that do not say it: what conda's first builds had.
    private static let first = "/opt/anaconda1anaconda2anaconda3"

    private func placeholders() throws(CondaPrefixError) -> [String: (text: String, mode: PackagePath.Mode)] {
        var found: [String: (String, PackagePath.Mode)] = [:]
        for line in lines("has_prefix") {
            let parts = line.split(separator: " ", maxSplits: 2).map { $0.filter { $0 != "\"" } }
            guard parts.count == 3 else {
                found[line] = (Self.first, .text)
                continue
            }
            guard let mode = PackagePath.Mode(rawValue: parts[1]) else {
                throw .information(package: package.name, file: "info/has_prefix", reason: "has a line that has no meaning: \(line)")
            }
            found[parts[2]] = (parts[0], mode)
        }
        return found
    }

    private func lines(_ file: String) -> [String] {
        package.content(file).map { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init) } ?? []
    }
}
