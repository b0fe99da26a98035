import Datastore
import Digests
import FlowModel
import FoundationEssentials
import Ledger
import Testing

/// Entries as the records of remotes have them. What stands here was written once, and has to be read for good.
@Suite struct EntryCodingTests {
    private static let digest = SHA256Digest(hashing: "x")
    private static let hex = digest.hex
    private static let key = AttemptKey(task: "3", attempt: 1)

    private static let table: [(LedgerEntry, String)] = [
        (
            .runBegan(RunBeginning(at: WallTime(microseconds: 5), username: "me", userTags: ["a"], systemTags: ["b"])),
            #"{"run_began":{"at":5,"metadata":[],"system_tags":["b"],"user_tags":["a"],"username":"me"}}"#
        ),
        (
            .runBegan(
                RunBeginning(
                    at: WallTime(microseconds: 5), username: "me", originRun: "1",
                    metadata: [MetadataEntry(name: "n", value: "v", type: "t")], kind: .spun, configuration: "{}")),
            #"{"run_began":{"at":5,"configuration":"{}","kind":1,"metadata":[["n","v","t"]],"origin_run":"1","system_tags":[],"#
                + #""user_tags":[],"username":"me"}}"#
        ),
        (
            .runEnded(RunEnd(at: WallTime(microseconds: 6), succeeded: true, endTask: "7")),
            #"{"run_ended":{"at":6,"end_task":"7","succeeded":true}}"#
        ),
        (
            .codePackage(CodePackageRecord(digest: digest, script: "f.py", metadata: "{}")),
            #"{"code_package":{"digest":"\#(hex)","metadata":"{}","script":"f.py"}}"#
        ),
        (
            .taskCreated(
                TaskCreation(task: "3", step: "s", at: WallTime(microseconds: 7), inputs: ["1", "2", "4"])),
            #"{"task_created":{"at":7,"inputs":"1-2,4","step":"s","task":"3"}}"#
        ),
        (
            .taskCreated(
                TaskCreation(
                    task: "3-0", step: "s", at: WallTime(microseconds: 7), index: 2, frames: "[1]", inputs: ["x"],
                    origin: TaskOrigin(run: "9", task: "8"), iteration: 1)),
            #"{"task_created":{"at":7,"frames":"[1]","index":2,"inputs":"[\"x\"]","iteration":1,"origin":{"run":"9","task":"8"},"#
                + #""step":"s","task":"3-0"}}"#
        ),
        (
            .attemptBegan(
                AttemptBeginning(
                    attempt: key, at: WallTime(microseconds: 8),
                    inherits: AttemptReference(run: "9", AttemptKey(task: "1", attempt: 0)), logStart: 10, isClone: true)),
            #"{"attempt_began":{"at":8,"attempt":{"attempt":1,"task":"3"},"inherits":{"attempt":{"attempt":0,"task":"1"},"#
                + #""run":"9"},"is_clone":true,"log_start":10}}"#
        ),
        (
            .blobs([
                StoredBlob(digest: digest, size: 1, codec: .plain, place: .packed(pack: "p", offset: 2, length: 3)),
                StoredBlob(digest: digest, size: 1, codec: .zstd, place: .loose),
            ]),
            #"{"blobs":[{"codec":0,"digest":"\#(hex)","length":3,"offset":2,"pack":"p","size":1},"#
                + #"{"codec":1,"digest":"\#(hex)","size":1}]}"#
        ),
        (
            .artifacts(key, [ArtifactEntry(name: "a", digest: digest, size: 1, type: "int", encoding: "e")]),
            #"{"artifacts":{"attempt":{"attempt":1,"task":"3"},"content":[{"digest":"\#(hex)","encoding":"e","is_own":true,"#
                + #""name":"a","size":1,"type":"int"}]}}"#
        ),
        (
            .metadata(key, [MetadataEntry(name: "n", value: "v", type: "t")], at: WallTime(microseconds: 9)),
            #"{"metadata":{"at":9,"attempt":{"attempt":1,"task":"3"},"content":[["n","v","t"]]}}"#
        ),
        (
            .attemptEnded(
                AttemptEnd(attempt: key, at: WallTime(microseconds: 9), succeeded: false, exitStatus: -9, logEnd: 4)),
            #"{"attempt_ended":{"at":9,"attempt":{"attempt":1,"task":"3"},"caught":false,"exit_status":-9,"log_end":4,"#
                + #""succeeded":false}}"#
        ),
        (
            .card(key, CardEntry(type: "t", id: "i", hash: "h", digest: digest, size: 1, at: WallTime(microseconds: 1))),
            #"{"card":{"attempt":{"attempt":1,"task":"3"},"content":{"at":1,"digest":"\#(hex)","hash":"h","id":"i","size":1,"#
                + #""type":"t"}}}"#
        ),
        (
            .tags(TagEdit(adding: ["a"], removing: ["b"])), #"{"tags":{"adding":["a"],"removing":["b"]}}"#
        ),
        (.logScrubbed(at: WallTime(microseconds: 3)), #"{"log_scrubbed":3}"#),
    ]

    @Test(arguments: table.indices)
    func entriesHaveTheirText(row: Int) throws {
        let (entry, text) = Self.table[row]
        #expect(String(decoding: try EntryLines.text([entry]), as: UTF8.self) == text + "\n")
        let read = try EntryLines.entries(Data((text + "\n").utf8))
        #expect(String(decoding: try EntryLines.text(read), as: UTF8.self) == text + "\n")
    }

    @Test(arguments: [#"{"later_kind":{}}"#, "{}", "[]", #"{"tags":{}}"#, #"{"task_created":{"at":1,"inputs":"x","step":"s","task":"1"}}"#])
    func whatNobodyWritesIsRefused(text: String) {
        #expect(throws: DecodingError.self) { try EntryLines.entries(Data(text.utf8)) }
    }
}
