package import Digests
package import FlowModel

/// Where the random numbers of a run begin: every attempt's generators are seeded with what this and the attempt's place give.
///
/// Recorded with the run, so that another run can draw the same numbers (`reproduce`), in whatever order its tasks start.
/// Not a secret, and nothing to make secrets of.
package struct RunSeed: Sendable, Hashable {
    /// The name of the fact that a run records.
    package static let metadataName = "random-seed"

    /// 32 hexadecimal digits.
    package let text: String

    /// One that no other run has.
    package init(from generator: inout some RandomNumberGenerator) {
        let words: [UInt64] = [generator.next(), generator.next()]
        text = words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// The one that a run has recorded; `nil` for what is none.
    package init?(parsing text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    /// The seed of an attempt: 32 hexadecimal digits. Attempts at one task have others, as a new attempt is to have new luck.
    package func seed(of step: StepName, at place: RunPlace, attempt: Int) -> String {
        let indices = place.indices.map { "\($0)" }.joined(separator: ",")
        let facts = ["penstock seed 1", text, step.text, indices, place.iteration.map { "\($0)" } ?? "", "\(attempt)"]
        return String(SHA256Digest(hashing: facts.joined(separator: "\n")).hex.prefix(32))
    }

    /// What decides on the order of sets of texts in Pythons that are started for this run (`PYTHONHASHSEED`).
    package var hashSeed: UInt32 {
        let bytes = SHA256Digest(hashing: "penstock hash seed 1\n\(text)").bytes
        return bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
