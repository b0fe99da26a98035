import PythonPackaging
import SystemPackage

/// What a Python binary said about itself, word by word: the keys and values of `DescribeScript`.
struct Description: Hashable, Sendable {
    private(set) var answers: [String: String]

    init(answers: [String: String]) { self.answers = answers }

    subscript(key: String) -> String { answers[key] ?? "" }

    func flag(_ key: String) -> Bool { self[key] == "1" }

    func path(_ key: String) -> FilePath? {
        let text = self[key]
        return text.isEmpty ? nil : FilePath(text)
    }
}

/// What came of asking a binary.
enum Verdict: Hashable, Sendable {
    case described(Description)
    /// It is a Python, but too old to be used; its version.
    case tooOld(String)
    /// It could not be asked; the reason in words.
    case failed(String)
}

extension Description {
    /// The oldest Python whose environments Penstock builds and runs.
    static let oldest = (major: UInt64(3), minor: UInt64(8))

    /// Weighs the answers: a binary that says nothing usable has failed.
    func verdict() -> Verdict {
        guard let version = try? Version(parsing: self["version"]) else {
            return .failed("it does not say which version it is")
        }
        if (version.major, version.minor) < (Self.oldest.major, Self.oldest.minor) {
            return .tooOld(self["version"])
        }
        for key in ["implementation", "prefix", "executable", "layout.purelib", "layout.scripts", "sys-platform"]
        where self[key].isEmpty {
            return .failed("it does not say what its \(key) is")
        }
        return .described(self)
    }
}
