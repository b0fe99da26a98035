import Archives
import PackageSources
import PythonPackaging
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension EarlyExtraction: DownloadFollower {}

/// Unpacks one wheel file into a folder of the cache, comparing every file with RECORD before it counts.
struct WheelUnpacker: Sendable {
    let filename: WheelFilename
    /// The wheel.
    let file: FilePath
    /// A folder of our own; what is made in it becomes visible only when the caller renames it.
    let draft: FilePath
    /// What was unpacked while the wheel arrived.
    var early: EarlyExtraction?

    /// Smaller wheels have arrived before it would pay to begin with them.
    private static let leastEarlySize: Int64 = 2 << 20

    /// Unpacks a wheel while it arrives, if it is large; `nil` otherwise.
    static func early(_ order: WheelOrder, into draft: FilePath) -> EarlyExtraction? {
        guard let size = order.size, size >= leastEarlySize else { return nil }
        return EarlyExtraction(
            into: draft.appending(UnpackedWheel.filesName), name: order.filename.description, archiveSize: UInt64(size))
    }

    /// Returns what the draft then consists of.
    func unpack() async throws(EnvironmentError) -> WheelManifest {
        do {
            let wheel: WheelArchive
            do {
                wheel = try await BlockingWork.run { () throws(WheelFault) in
                    try WheelArchive(file, filename: filename)
                }
            } catch {
                await early?.abandon()
                throw error
            }
            try await extract(wheel)
            return try await BlockingWork.run { try finish(wheel) }
        } catch let fault as WheelFault {
            throw .refused(wheel: filename.description, fault)
        } catch let error as ArchiveError {
            throw Self.judged(error, wheel: filename.description)
        } catch let error as EnvironmentError {
            throw error
        } catch {
            throw .refused(wheel: filename.description, .archive(error))
        }
    }

    private func extract(_ wheel: WheelArchive) async throws {
        let folder = draft.appending(UnpackedWheel.filesName)
        var early = early
        if let begun = early, !begun.isUsable {
            await begun.abandon()
            await BlockingWork.run { FileTree.remove(folder) }
            early = nil
        }
        try await wheel.zip.extractAll(into: folder, after: early) { entry, digest in
            try wheel.check(entry.path.string, digest, size: entry.size, in: folder)
        }
    }

    // A full disk is not the wheel's fault.
    private static func judged(_ error: ArchiveError, wheel: String) -> EnvironmentError {
        switch error.fault {
        case .system(let operation, let code): .system(operation: operation, path: "of \(wheel)", code: code)
        case .cancelled: .cancelled
        default: .refused(wheel: wheel, .archive(error))
        }
    }

    private func finish(_ wheel: WheelArchive) throws -> WheelManifest {
        let files = try Folder(draft.appending(UnpackedWheel.filesName))
        var (manifest, rows) = try WheelManifest.plan(wheel) { path throws(EnvironmentError) in
            try needsInterpreter(path, in: files)
        }
        try writeOwnFiles(&manifest, rows, in: files)
        try makeExecutable(manifest, in: files)
        let folder = try Folder(draft)
        try folder.write(manifest.encoded, to: UnpackedWheel.manifestName)
        return manifest
    }

    private func needsInterpreter(_ path: String, in files: borrowing Folder) throws(EnvironmentError) -> Bool {
        try files.read(path, most: 8)?.elementsEqual("#!python".utf8) ?? false
    }

    // INSTALLER, and RECORD as far as it is the same in all environments.
    private func writeOwnFiles(
        _ manifest: inout WheelManifest, _ rows: [RecordRow], in files: borrowing Folder
    ) throws(EnvironmentError) {
        let folder = try files.folder(manifest.distInfo)
        let installer = Array("penstock\n".utf8)
        try folder.remove("INSTALLER")
        try folder.write(installer, to: "INSTALLER")
        manifest.addOwnFile("INSTALLER")
        let own = [
            RecordRow(
                path: "\(manifest.distInfo)/INSTALLER", hash: RecordHash.sha256(installer),
                size: UInt64(installer.count)),
            RecordRow(path: "\(manifest.distInfo)/RECORD", hash: "", size: nil),
        ]
        let lines = (rows + own).sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }.map(\.line)
        try folder.remove("RECORD")
        let record = Array(lines.joined().utf8)
        manifest.recordHash = RecordHash.sha256(record)
        try folder.write(record, to: "RECORD")
        if manifest.hasSameRecordEverywhere { manifest.addOwnFile("RECORD") }
    }

    // Scripts are programs, whatever the archive says about them.
    private func makeExecutable(_ manifest: WheelManifest, in files: borrowing Folder) throws(EnvironmentError) {
        for group in manifest.groups where group.scheme == .scripts {
            let folder = try files.folder(group.source)
            try group.names.forEach { (name) throws(EnvironmentError) in
                var status = stat()
                guard fstatat(folder.descriptor, name, &status, 0) == 0,
                    fchmodat(folder.descriptor, name, status.st_mode | (status.st_mode & 0o444) >> 2, 0) == 0
                else {
                    throw .system(operation: "make executable", path: String(cString: name), code: errno)
                }
            }
        }
    }
}
