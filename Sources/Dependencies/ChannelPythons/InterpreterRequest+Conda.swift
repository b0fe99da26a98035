import CondaPackaging
import Interpreters
import PythonPackaging
import Resolution

extension InterpreterRequest {
    /// The same, asked of conda channels; `nil` for what they have none of: files, other implementations, and ranges that conda cannot
    /// write.
    var condaRequirement: CondaRequirement? {
        guard implementation == "cpython" else { return nil }
        let version: String
        switch wanted {
        case .anyVersion: version = isFreeThreaded ? "*" : ""
        case .series(let numbers): version = numbers.map { "\($0)" }.joined(separator: ".") + ".*"
        case .exactly(let exact): version = "==\(exact)"
        case .range(let specifiers): version = "\(specifiers)".replacing(" ", with: "")
        case .file: return nil
        }
        let text = "python \(version)\(isFreeThreaded ? " *_cp*t" : "")"
        guard let spec = try? MatchSpec(parsing: text) else { return nil }
        return CondaRequirement(spec, spelled: text, asker: Asker("you"))
    }
}
