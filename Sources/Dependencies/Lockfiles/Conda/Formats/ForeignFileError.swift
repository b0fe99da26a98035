public import Diagnostics

/// A file of another tool that cannot be read, or says what cannot be used here.
public struct ForeignFileError: DiagnosticError, Hashable, CustomStringConvertible {
    /// The file as the caller calls it.
    public let file: String
    /// From 1.
    public let line: Int?
    public let reason: String
    public let help: String?

    package init(file: String, line: Int?, _ reason: String, help: String? = nil) {
        self.file = file
        self.line = line
        self.reason = reason
        self.help = help
    }

    public var description: String { "\(line.map { "\(file):\($0)" } ?? file): \(reason)" }

    public var diagnostic: Diagnostic { Diagnostic(.user, reason, file: file, line: line, help: help) }
}
