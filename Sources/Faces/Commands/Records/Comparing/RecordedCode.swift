import Archives
import CodePackage
import Datastore
import Digests
import FlowModel
import Ledger

/// The code package that a run keeps, unpacked.
struct RecordedCode {
    let digest: SHA256Digest
    let metadata: PackageMetadata
    let listing: PackageListing

    /// `nil` when the run keeps none.
    init?(of run: RunKey, in records: RunRecords) throws {
        guard let code = try records.ledger.codePackage(of: run), let blob = try records.ledger.blob(code.digest) else {
            return nil
        }
        let name = "the code package of \(run.flow)/\(run.run)"
        digest = code.digest
        metadata = PackageMetadata(parsing: code.metadata)
        listing = PackageListing(try TarReader(try Gzip.decompress(try records.store.read(blob), name: name), name: name).entries())
    }

    /// The version of the engine that ran it, as far as it was noted.
    var engine: String? {
        if case .string(let version)? = metadata.info["engine_version"] { version } else { nil }
    }

    /// The commit, with whether there were changes besides.
    var commit: String? {
        guard case .string(let commit)? = metadata.info["commit_sha"] else { return nil }
        return commit + (metadata.info["has_uncommitted_changes"] == .bool(true) ? " and changes" : "")
    }
}
