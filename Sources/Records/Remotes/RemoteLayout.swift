package import Datastore
package import Digests
package import FlowModel
package import Ledger
package import ObjectStores

/// The names of objects in a remote:
///
///     records/<Flow>/<run>/alive              put again and again while the run goes on, and removed at its end
///     blobs/ab/<sha256>                       one blob, plain; `<sha256>.zst` when compressed
///     packs/<name>.pack                       small blobs, one after the other, as in a pack of the project's folder
///     records/<Flow>/<run>/<8 digits>.jsonl   what happened: a header, then entries of the ledger, one a line
///     logs/<Flow>/<run>/<8 digits>.log        what the tasks printed: the run's log, cut into pieces
package enum RemoteLayout {
    package static func blob(_ digest: SHA256Digest, _ codec: BlobCodec) throws(ObjectStoreError) -> ObjectKey {
        let hex = digest.hex
        return try ObjectKey("blobs/\(hex.prefix(2))/\(hex)" + (codec == .zstd ? ".zst" : ""))
    }

    /// The object that holds a blob as a remote keeps it.
    package static func object(of blob: StoredBlob) throws(ObjectStoreError) -> ObjectKey {
        switch blob.place {
        case .loose: try self.blob(blob.digest, blob.codec)
        case .packed(let name, _, _): try pack(name)
        }
    }

    package static func pack(_ name: String) throws(ObjectStoreError) -> ObjectKey { try ObjectKey("packs/\(name)") }

    package static func record(_ number: Int, of run: RunKey) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey(records(of: run) + eightDigits(number) + ".jsonl")
    }

    package static func log(_ number: Int, of run: RunKey) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey(logs(of: run) + eightDigits(number) + ".log")
    }

    /// What the names of a run's records begin with; of a flow's or of all records without one.
    package static func records(flow: FlowName? = nil, run: RunID? = nil) -> String {
        "records/" + (flow.map { "\($0)/" } ?? "") + (run.map { "\($0)/" } ?? "")
    }

    package static func records(of run: RunKey) -> String { records(flow: run.flow, run: run.run) }

    package static func logs(of run: RunKey) -> String { "logs/\(run.flow)/\(run.run)/" }

    /// What an engine puts again and again as long as it lives.
    package static func signOfLife(of run: RunKey) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey(records(of: run) + "alive")
    }

    /// The run of a sign of life; `nil` for the name of anything else.
    static func sign(named key: ObjectKey) -> RunKey? {
        let parts = key.text.split(separator: "/")
        guard parts.count == 4, parts[0] == "records", parts[3] == "alive" else { return nil }
        return RunKey(flow: FlowName(String(parts[1])), run: RunID(String(parts[2])))
    }

    /// The run and the number of a record; `nil` for the name of anything else.
    package static func record(named key: ObjectKey) -> (run: RunKey, number: Int)? {
        let parts = key.text.split(separator: "/")
        guard parts.count == 4, parts[0] == "records", let number = number(parts[3], ".jsonl") else { return nil }
        return (RunKey(flow: FlowName(String(parts[1])), run: RunID(String(parts[2]))), number)
    }

    /// The number of a piece of a log; `nil` for the name of anything else.
    package static func logNumber(_ key: ObjectKey) -> Int? {
        key.text.split(separator: "/").last.flatMap { number($0, ".log") }
    }

    private static func number(_ name: Substring, _ suffix: String) -> Int? {
        guard name.hasSuffix(suffix) else { return nil }
        let digits = name.dropLast(suffix.count)
        guard digits.utf8.count == 8, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(digits)
    }

    private static func eightDigits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 8 - text.count)) + text
    }
}
