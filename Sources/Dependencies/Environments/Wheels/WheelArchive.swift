import Archives
import Digests
import PythonPackaging
import SystemPackage

/// A wheel file whose metadata has been read and found sound: what it is, and what its RECORD says.
struct WheelArchive: Sendable {
    let zip: ZipArchive
    /// `name-version.dist-info`.
    let distInfo: String
    let info: WheelInfo
    let metadata: CoreMetadata
    let entryPoints: [EntryPoint]
    /// The rows of RECORD by path.
    let record: [String: RecordRow]
    /// `name-version.dist-info/`.
    let infoPrefix: String
    /// `name-version.data/`.
    let dataPrefix: String

    /// Opens the file at `path`, which has to be the wheel called `filename`.
    init(_ path: FilePath, filename: WheelFilename) throws(WheelFault) {
        do throws(ArchiveError) {
            zip = try ZipArchive(path: path)
        } catch {
            throw .archive(error)
        }
        distInfo = try Self.distInfo(of: zip)
        infoPrefix = distInfo + "/"
        dataPrefix = distInfo.dropLast(".dist-info".count) + ".data/"
        metadata = try Self.metadata(distInfo, in: zip, of: filename)
        info = try WheelInfo(try Self.required("WHEEL", distInfo, in: zip))
        record = try RecordFile.byPath(try Self.required("RECORD", distInfo, in: zip))
        let points = try Self.optional("entry_points.txt", distInfo, in: zip)
        entryPoints = try points.map { (bytes) throws(WheelFault) in try EntryPoint.scripts(in: bytes) } ?? []
        try WheelNames(self).check()
    }

    /// The part of the folder's name before the version: what the folder for headers is called.
    var project: String { String(distInfo.prefix { $0 != "-" }) }

    /// Whether RECORD says nothing about the content of this file (PEP 376, PEP 427).
    func isOutsideRecord(_ path: String) -> Bool {
        path.hasPrefix(infoPrefix) && ["RECORD", "RECORD.jws", "RECORD.p7s"].contains(path.dropFirst(infoPrefix.count))
    }

    /// Compares a file that was unpacked below `folder` with RECORD. It is read only if RECORD has another hash than SHA-256.
    func check(_ path: String, _ sha256: SHA256Digest, size: UInt64, in folder: FilePath) throws {
        if isOutsideRecord(path) { return }
        guard let row = record[path] else { throw WheelFault.unrecorded(path: path) }
        try RecordHash.check(sha256, size: size, against: row) { () throws(EnvironmentError) in
            try Folder(folder).read(path) ?? []
        }
    }

    private static func distInfo(of zip: ZipArchive) throws(WheelFault) -> String {
        var found: Set<String> = []
        for entry in zip.entries {
            let top = entry.path.string.topFolder
            if top.hasSuffix(".dist-info"), top.utf8.count < entry.path.string.utf8.count || entry.kind == .directory {
                found.insert(String(top))
            }
        }
        guard found.count == 1, let only = found.first else { throw .distInfo(found: found.sorted()) }
        return only
    }

    // The folder and METADATA have to speak of the project and version that the file's name promises.
    private static func metadata(
        _ distInfo: String, in zip: ZipArchive, of filename: WheelFilename
    ) throws(WheelFault) -> CoreMetadata {
        let stem = distInfo.dropLast(".dist-info".count)
        let name = stem.prefix { $0 != "-" }
        let version = stem.dropFirst(name.count + 1)
        guard (try? PackageName(parsing: name)) == filename.name, (try? Version(parsing: version)) == filename.version
        else { throw .otherProject(found: String(stem)) }
        let metadata: CoreMetadata
        let bytes = try required("METADATA", distInfo, in: zip)
        do throws(CoreMetadataError) {
            metadata = try CoreMetadata(parsing: bytes)
        } catch {
            throw .metadata(file: "METADATA", reason: "cannot be read: \(error)")
        }
        guard metadata.name == filename.name, metadata.version == filename.version else {
            throw .otherProject(found: "\(metadata.name) \(metadata.version)")
        }
        return metadata
    }

    private static func required(_ file: String, _ distInfo: String, in zip: ZipArchive) throws(WheelFault) -> [UInt8] {
        guard let bytes = try optional(file, distInfo, in: zip) else {
            throw .metadata(file: file, reason: "is missing")
        }
        return bytes
    }

    private static func optional(_ file: String, _ distInfo: String, in zip: ZipArchive) throws(WheelFault) -> [UInt8]? {
        guard let entry = zip.entry(at: "\(distInfo)/\(file)"), entry.kind == .file else { return nil }
        // RECORD grows with the number of files; the others are text that somebody wrote.
        let most: UInt64 = file == "RECORD" ? 256 << 20 : 32 << 20
        guard entry.size <= most else {
            throw .metadata(file: file, reason: "is \(entry.size) bytes long, which is more than \(most)")
        }
        do throws(ArchiveError) {
            return try zip.contents(of: entry)
        } catch {
            throw .archive(error)
        }
    }
}

extension String {
    /// The first part of a path: all of it where there is no slash. By bytes, since to Swift a slash and an accent behind it
    /// are one character that is no slash.
    var topFolder: Substring { self[..<(utf8.firstIndex(of: UInt8(ascii: "/")) ?? endIndex)] }
}
