import Archives
import Datastore
import FoundationEssentials
import Glibc
import FlowModel
import Ledger
import SystemPackage

/// The code package of a run in a folder of its own, for as long as this process lives.
struct UnpackedCode {
    let folder: FilePath

    /// Where such folders lie. A name ends in the number of the process that has it.
    private static func parent(_ store: FilePath) -> FilePath { store.appending("reproductions") }

    /// Unpacks an archive. What processes that are gone have left is removed. Blocks.
    init(_ recorded: RecordedRun) throws {
        let name = "the code package of \(recorded.words)"
        let archive = TarReader(try Gzip.decompress(try recorded.archive(), name: name), name: name)
        let parent = Self.parent(recorded.records.location.root)
        Self.sweep(parent)
        folder = parent.appending("\(recorded.key.flow)-\(recorded.key.run)-\(getpid())")
        Self.remove(folder)
        do {
            try FileManager.default.createDirectory(atPath: parent.string, withIntermediateDirectories: true)
        } catch {
            throw ReproduceError.folder(path: parent.string, reason: "\(error)")
        }
        do {
            try archive.extractAll(into: folder)
        } catch {
            remove()
            throw error
        }
    }

    /// That of a process that this one goes on for.
    init(at folder: FilePath) { self.folder = folder }

    /// Where modules lie that are not the person's: the SDK among them.
    var modules: FilePath { folder.appending(".mf_code") }
    /// Where the locks of environments lie, and where paths in them begin.
    var locks: FilePath { folder.appending(".mf_meta").appending("locks") }

    /// Workers that have just been ended may still write into it for a moment.
    func remove() {
        for _ in 0..<20 {
            Self.remove(folder)
            if access(folder.string, F_OK) != 0 { break }
            usleep(50_000)
        }
        // Empty, unless another process reproduces something, too.
        rmdir(folder.removingLastComponent().string)
    }

    private static func remove(_ folder: FilePath) {
        try? FileManager.default.removeItem(atPath: folder.string)
    }

    private static func sweep(_ parent: FilePath) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? [] {
            guard let process = name.split(separator: "-").last.flatMap({ Int32($0) }), process > 0,
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            remove(parent.appending(name))
        }
    }
}
