package import SystemPackage

/// Scripts that start the interpreter of one environment.
package struct ScriptText: Sendable {
    /// The interpreter, by the path that it will have.
    package var python: FilePath

    package init(python: FilePath) { self.python = python }

    /// Older Linux kernels read 127 bytes of the first line, and none allows a space in the path.
    private static let longestFirstLine = 127

    /// The line or lines that come before a program.
    package var heading: String {
        let plain = "#!\(python)\n"
        let hasSpace = python.string.utf8.contains { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        if plain.utf8.count <= Self.longestFirstLine, !hasSpace { return plain }
        // To the shell the second line is a command that never returns, to Python the beginning of a text that ends on
        // the third.
        return "#!/bin/sh\n'''exec' \(quoted) \"$0\" \"$@\"\n' '''\n"
    }

    // For the shell; within the Python text a quote cannot end it, since three would have to stand together.
    private var quoted: String {
        "\"" + python.string.reduce(into: "") { result, character in
            if "\\\"$`".contains(character) { result.append("\\") }
            result.append(character)
        } + "\""
    }

    /// The command of an entry point.
    func command(_ point: EntryPoint) -> [UInt8] { Array((heading + point.program).utf8) }

    /// A script of a wheel whose first line is `#!python…`, for this interpreter.
    func rewriting(_ script: [UInt8]) -> [UInt8] {
        let rest = script.firstIndex(of: UInt8(ascii: "\n")).map { script[($0 + 1)...] } ?? []
        return Array(heading.utf8) + rest
    }
}
