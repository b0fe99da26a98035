// Records a run without an end, for tests that kill it: `store-writer FOLDER RUN` writes task after task as an engine does
// and says on standard output which ones are committed.

import Datastore
import Digests
import FlowModel
import Ledger
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@main struct StoreWriter {
    static func main() throws {
        let location = StoreLocation(root: FilePath(CommandLine.arguments[1]))
        let run = RunKey(flow: "KilledFlow", run: RunID(CommandLine.arguments[2]))
        let log = try RunLogWriter(location, flow: run.flow.text, run: run.run.text)
        let ledger = try RunLedger(location)
        let store = try BlobStore(location, index: ledger)
        try ledger.commit([.runBegan(RunBeginning(at: .now(), username: "tester"))], of: run)
        say("began")
        for task in 0... {
            try record(task, of: run, log, ledger, store)
            say("task \(task)")
        }
    }

    private static func record(
        _ number: Int, of run: RunKey, _ log: RunLogWriter, _ ledger: RunLedger, _ store: BlobStore
    ) throws {
        let key = AttemptKey(task: TaskID(number: number), attempt: 0)
        let base = number == 0 ? nil : AttemptReference(AttemptKey(task: TaskID(number: number - 1), attempt: 0))
        try ledger.commit(
            [
                .taskCreated(TaskCreation(task: key.task, step: "work", at: .now(), index: number)),
                .attemptBegan(AttemptBeginning(attempt: key, at: .now(), inherits: base, logStart: log.end)),
            ], of: run)
        let source = LogSource(task: key.task.text, attempt: 0)
        try log.append(Array("task \(number) says\n".utf8), from: source, stream: .stdout, at: .now())
        let small = Array("value of \(run.run) \(number)".utf8)
        // Every seventh has a file of its own.
        let large = [UInt8]((0..<(number % 7 == 0 ? 90_000 : 900)).map { UInt8(truncatingIfNeeded: ($0 &* $0 &+ number) >> 3) })
        let blobs = try [store.put(small), store.put(large)]
        let artifacts = zip(["value", "extra"], blobs).map { name, blob in
            ArtifactEntry(name: name, digest: blob.digest, size: blob.size, type: "bytes", encoding: "plain")
        }
        try ledger.commit(
            [
                .blobs(blobs), .artifacts(key, artifacts),
                .attemptEnded(AttemptEnd(attempt: key, at: .now(), succeeded: true, exitStatus: 0, logEnd: log.end)),
            ], of: run)
    }

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}
