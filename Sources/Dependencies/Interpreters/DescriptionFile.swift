import SystemPackage

/// What is kept about one binary, and its text form: a line for each part, then lines of `key value`.
///
/// Not JSON, because several of these are read on every start and each has to take microseconds.
struct DescriptionFile {
    /// Its number grows whenever `DescribeScript` asks for more, so that old answers are asked for again.
    private static let heading = "penstock interpreter 1"

    var path: FilePath
    var identity: FileIdentity
    /// When the binary was asked, in seconds since 1970.
    var asked: Int64
    var verdict: Verdict

    init(path: FilePath, identity: FileIdentity, asked: Int64, verdict: Verdict) {
        self.path = path
        self.identity = identity
        self.asked = asked
        self.verdict = verdict
    }

    /// The text form; `nil` where a value has a line end in it, which is not worth keeping.
    var text: String? {
        var lines = [Self.heading, path.string, identity.description, Self.loaderLine(verdict), "\(asked)"]
        switch verdict {
        case .described(let description):
            lines.append("described")
            lines += description.answers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        case .tooOld(let version): lines.append("old \(version)")
        case .failed(let reason): lines.append("failed \(reason.split(separator: "\n").joined(separator: " "))")
        }
        guard !lines.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) else { return nil }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads an entry; `nil` if it is damaged, of another form, or about another file.
    init?(text: String, about path: FilePath, identity: FileIdentity) {
        guard text.utf8.last == UInt8(ascii: "\n") else { return nil }
        let lines = text.utf8.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        guard lines.count >= 6, lines[0] == Self.heading, lines[1] == path.string,
            lines[2] == identity.description, let asked = Int64(lines[4]),
            let verdict = Self.verdict(lines[5...]), lines[3] == Self.loaderLine(verdict)
        else { return nil }
        self.init(path: path, identity: identity, asked: asked, verdict: verdict)
    }

    // The C library that a description speaks of can be renewed while the binary stays; the loader is part of it.
    private static func loaderLine(_ verdict: Verdict) -> String {
        guard case .described(let description) = verdict, let loader = description.path("loader") else { return "-" }
        return FileIdentity(of: loader)?.description ?? "-"
    }

    private static func verdict(_ lines: ArraySlice<Substring>) -> Verdict? {
        guard let first = lines.first else { return nil }
        let (kind, rest) = pair(first)
        switch kind {
        case "old": return .tooOld(String(rest))
        case "failed": return .failed(String(rest))
        case "described":
            var answers: [String: String] = [:]
            answers.reserveCapacity(lines.count)
            for line in lines.dropFirst() {
                let (key, value) = pair(line)
                answers[String(key)] = String(value)
            }
            return .described(Description(answers: answers))
        default: return nil
        }
    }

    private static func pair(_ line: Substring) -> (Substring, Substring) {
        guard let space = line.utf8.firstIndex(of: UInt8(ascii: " ")) else { return (line, "") }
        return (line[..<space], line[line.utf8.index(after: space)...])
    }
}
