import Interpreters
import SystemPackage

/// What has to stand at a path.
struct Expectation: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        /// A file with this hash, as RECORD has it, and this size in bytes; what is empty or `nil` is not compared.
        case file(hash: String, size: UInt64?, isExecutable: Bool)
        case link(to: String)
    }

    var package: String?
    var content: Content

    static func file(_ row: RecordRow, of package: String, isExecutable: Bool = false) -> Expectation {
        Expectation(package: package, content: .file(hash: row.hash, size: row.size, isExecutable: isExecutable))
    }
}

/// What has to stand below a folder, by relative path.
typealias Expectations = [String: Expectation]

extension UnpackedWheel {
    /// What the wheel has below `files/`, and below the root of an environment as far as it is linked there.
    struct Expected: Sendable {
        var inCache: Expectations = [:]
        var inEnvironment: Expectations = [:]
    }

    /// Works it out from the manifest, and RECORD in the cache. Blocks.
    func expected(at paths: EnvironmentPaths?) -> Expected {
        var expected = Expected()
        let rows = recordRows()
        for group in manifest.groups {
            let place = paths?.path(
                of: InstallTarget(scheme: group.scheme, path: group.folder), project: manifest.project)
            for file in group.names.strings {
                let target = group.folder.isEmpty ? file : "\(group.folder)/\(file)"
                let row = rows[InstallTarget(scheme: group.scheme, path: target)]
                    ?? RecordRow(path: target, hash: "", size: nil)
                let expectation = Expectation.file(row, of: name, isExecutable: group.scheme == .scripts)
                expected.inCache[group.source.isEmpty ? file : "\(group.source)/\(file)"] = expectation
                if let place { expected.inEnvironment[place.isEmpty ? file : "\(place)/\(file)"] = expectation }
            }
        }
        for script in manifest.scripts {
            let row = RecordRow(path: script.source, hash: script.hash, size: script.size)
            expected.inCache[script.source] = .file(row, of: name)
        }
        let record = "\(manifest.distInfo)/RECORD"
        expected.inCache[record] = .file(RecordRow(path: record, hash: manifest.recordHash, size: nil), of: name)
        return expected
    }

    /// The rows by where the files go. A RECORD that is damaged may lack some.
    private func recordRows() -> [InstallTarget: RecordRow] {
        let path = "\(manifest.distInfo)/RECORD"
        let bytes = (try? Folder(files).read(path)) ?? []
        var rows: [InstallTarget: RecordRow] = [:]
        for row in (try? RecordFile.rows(bytes)) ?? [] where row.path != path {
            rows[InstallTarget(scheme: manifest.root, path: row.path)] = row
        }
        for row in manifest.outsideRows {
            rows[row.target] = RecordRow(path: row.target.path, hash: row.hash, size: row.size)
        }
        rows[InstallTarget(scheme: manifest.root, path: path)] = RecordRow(
            path: path, hash: manifest.recordHash, size: nil)
        return rows
    }
}

extension EnvironmentFrame {
    /// What makes a folder an environment.
    var expected: Expectations {
        var expected: Expectations = [:]
        for link in links { expected[link.path] = Expectation(content: .link(to: link.target)) }
        let text = Array(configuration.utf8)
        expected[Self.configurationName] = Expectation(
            content: .file(hash: RecordHash.sha256(text), size: UInt64(text.count), isExecutable: false))
        return expected
    }
}
