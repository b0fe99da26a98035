import CondaChannels
import CondaPackaging
import CondaSolving

/// What a channel offers, as the solver asks for it.
struct ChannelRecords: CondaRecords {
    let content: ChannelContent

    func candidates(of name: CondaName) throws(RepodataError) -> [CondaCandidate.Content]? {
        guard content.isLoaded(name) else { return nil }
        let found: [RepodataCandidate] = try content.repodata(with: name)?.candidates(of: name) ?? []
        return found.map { .place($0) }
    }

    func forEachSpec(
        _ kind: CondaSpecKind, of candidate: CondaCandidate, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(RepodataError) {
        try content.repodata(with: candidate.name)?.forEachSpec(kind, of: candidate, body)
    }

    func extraDependencies(of candidate: CondaCandidate) throws(RepodataError) -> [String: [String]] {
        try content.repodata(with: candidate.name)?.extraDependencies(of: candidate) ?? [:]
    }

    func record(of candidate: CondaCandidate) throws(RepodataError) -> RepodataRecord? {
        try content.repodata(with: candidate.name)?.record(of: candidate)
    }

    var packageNames: [CondaName] { content.packageNames }
}
