/// The reasoning that ends in "cannot be met", in plain words.
public struct ResolutionConflict: Sendable, Hashable {
    /// What is in conflict, in one sentence without a period: `pandas>=2 and numpy>=2 do not go together`.
    public let headline: String
    /// One or two short sentences for each step, in reading order. Later ones refer to earlier ones by `(1)`, the place
    /// in this list counted from 1.
    public let sentences: [String]
    /// What a person may do about it, each a phrase such as "check the spelling of …".
    public let hints: [String]
    /// Who asks for what is in conflict; `you` is whoever typed the command.
    public let askers: [Asker]

    public init(headline: String, sentences: [String], hints: [String] = [], askers: [Asker] = []) {
        self.headline = headline
        self.sentences = sentences
        self.hints = hints
        self.askers = askers
    }

    /// The one file that everything in conflict is written in, and the line if there is only one.
    var place: (file: String, line: Int?)? {
        guard let file = askers.first?.file, askers.allSatisfy({ $0.file == file }) else { return nil }
        let line = askers.first?.line
        return (file, askers.allSatisfy { $0.line == line } ? line : nil)
    }

    /// The sentences as they are shown: with their numbers if there are several.
    public var lines: [String] {
        guard sentences.count > 1 else { return sentences }
        return sentences.enumerated().map { "\($0.offset + 1). \($0.element)" }
    }
}
