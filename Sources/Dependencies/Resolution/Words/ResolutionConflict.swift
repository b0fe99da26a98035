/// The reasoning that ends in "cannot be met", in plain words.
public struct ResolutionConflict: Sendable, Hashable {
    /// What is in conflict, in one sentence without a period: `pandas>=2 and numpy>=2 do not go together`.
    public let headline: String
    /// One or two short sentences for each step, in reading order. Later ones refer to earlier ones by `(1)`, the place
    /// in this list counted from 1.
    public let sentences: [String]
    /// What a person may do about it, each a phrase such as "check the spelling of …".
    public let hints: [String]

    public init(headline: String, sentences: [String], hints: [String] = []) {
        self.headline = headline
        self.sentences = sentences
        self.hints = hints
    }

    /// The sentences as they are shown: with their numbers if there are several.
    public var lines: [String] {
        guard sentences.count > 1 else { return sentences }
        return sentences.enumerated().map { "\($0.offset + 1). \($0.element)" }
    }
}
