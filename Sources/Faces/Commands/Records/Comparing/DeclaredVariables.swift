import Digests
import FoundationEssentials
import Ledger

/// The environment variables that a step declares (`@environment(vars={…})`), as they are noted with its tasks.
///
/// A value may be a secret, so that none is noted: six digits of its digest tell whether it is the same, and are far too few to
/// find it out.
struct DeclaredVariables {
    static let entryName = "environment-variables"
    private let values: [String: String]

    /// `nil` when there are none.
    init?(_ values: [String: String]) {
        guard !values.isEmpty else { return nil }
        self.values = values
    }

    var metadata: MetadataEntry? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let marks = values.map { name, value in (name, String(SHA256Digest(hashing: "\(name)=\(value)").hex.prefix(6))) }
        guard let data = try? encoder.encode(Dictionary(marks) { first, _ in first }) else { return nil }
        return MetadataEntry(name: Self.entryName, value: String(decoding: data, as: UTF8.self), type: Self.entryName)
    }
}
