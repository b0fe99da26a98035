/// Who asks for something, as explanations and reports name them.
public struct Asker: Sendable, Hashable {
    /// The beginning of a sentence that goes on with "asks for": `step 'train' (@pypi)`, `requirements.txt`, `you`.
    public var words: String
    /// The file and line (from 1) where it was written, if known.
    public var file: String?
    public var line: Int?

    public init(_ words: String, file: String? = nil, line: Int? = nil) {
        self.words = words
        self.file = file
        self.line = line
    }
}
