import Archives
import Datastore
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import Lockfiles
import SystemPackage

/// The environment that a step of a recorded run had: its lock is in the code package of the run.
struct PastEnvironment {
    let locked: LockedEnvironment
    /// `TrainFlow/12/train`
    let step: String
    /// The code package of the run.
    let code: TarReader

    /// What was noted with the task.
    private struct Note: Decodable {
        let id: String
        let python: String
        let lock: String
    }

    /// - Parameter text: `FLOW/RUN/STEP`, or one of its tasks.
    init(_ text: String, in records: RunRecords) throws {
        let location = try RecordLocation(text, in: records)
        guard let run = location.run, let step = location.path.step else {
            throw RecordError.wrongDepth(text, wanted: "FLOW/RUN/STEP")
        }
        self.step = "\(run.key.flow)/\(run.key.run)/\(step)"
        let note = try Self.note(location, run, step)
        guard let note else { throw EnvironmentReferenceError.noEnvironment(step: self.step) }
        let code = try Self.code(of: run, in: records)
        let entries = try code.entries()
        guard let lock = Self.lock(named: note.lock, in: entries) else {
            throw EnvironmentReferenceError.noLock(step: self.step, file: note.lock)
        }
        self.code = code
        locked = LockedEnvironment(
            words: "the step \(self.step)", lock: try PyLock(parsing: lock, file: note.lock),
            folder: try Self.folder(of: entries, run, in: records), python: note.python,
            digest: SHA256Digest(hex: note.id), records: records)
    }

    /// What the newest task of the step that has it says.
    private static func note(_ location: RecordLocation, _ run: RunRecord, _ step: StepName) throws -> Note? {
        guard let ledger = location.history.records?.ledger else { return nil }
        let keys = try location.task.map { [$0.key] }
            ?? ledger.tasks(of: run.key, step: step, limit: 5).map { TaskKey(run: run.key, task: $0.task) }
        for key in keys {
            let entries = try ledger.metadata(of: key).map(\.entry).filter { $0.name == "environment-info" }
            if let text = entries.last?.value, let note = try? JSONDecoder().decode(Note.self, from: Data(text.utf8)) {
                return note
            }
        }
        return nil
    }

    private static func code(of run: RunRecord, in records: RunRecords) throws -> TarReader {
        let words = "\(run.key.flow)/\(run.key.run)"
        guard let code = try records.ledger.codePackage(of: run.key), let blob = try records.ledger.blob(code.digest) else {
            throw EnvironmentReferenceError.noCode(run: words)
        }
        let name = "the code package of \(words)"
        return TarReader(try Gzip.decompress(try records.store.read(blob), name: name), name: name)
    }

    /// Where paths in the lock begin. What the run had built of folders is in its code package, too, and is put there.
    private static func folder(of entries: [TarEntry], _ run: RunRecord, in records: RunRecords) throws -> FilePath {
        let folder = records.location.root.appending("unpacked").appending(run.key.flow.text).appending(run.key.run.text)
        for entry in entries {
            guard case .file(let bytes, _) = entry.content, let name = entry.path.string.wheelName else { continue }
            let wheels = folder.appending("wheels")
            let file = wheels.appending(name)
            if FileManager.default.fileExists(atPath: file.string) { continue }
            try FileManager.default.createDirectory(atPath: wheels.string, withIntermediateDirectories: true)
            try OutputFile(file.string).write(bytes)
        }
        return folder.appending("locks")
    }

    private static func lock(named file: String, in code: [TarEntry]) -> String? {
        for entry in code where entry.path.string.hasSuffix("locks/\(file)") {
            if case .file(let bytes, _) = entry.content { return String(decoding: bytes, as: UTF8.self) }
        }
        return nil
    }
}

extension String {
    /// The file's name, if this is the path of a wheel in a code package.
    fileprivate var wheelName: String? {
        let prefix = ".mf_meta/wheels/"
        guard hasPrefix(prefix), hasSuffix(".whl"), !dropFirst(prefix.count).contains("/") else { return nil }
        return String(dropFirst(prefix.count))
    }
}
