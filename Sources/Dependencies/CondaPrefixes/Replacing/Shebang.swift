/// The first line of a script, which names its interpreter. Systems read only so much of it, and none allows a blank in the path.
enum Shebang {
    #if os(macOS)
    static let longest = 512
    #else
    static let longest = 127
    #endif

    /// A script whose first line the system would not understand, with one that it does: Python is started by the shell, and
    /// anything else is looked for on PATH.
    static func shortened(_ script: [UInt8]) -> [UInt8] {
        guard script.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) else { return script }
        let end = script.firstIndex(of: UInt8(ascii: "\n")) ?? script.endIndex
        let line = String(decoding: script[2..<end], as: UTF8.self)
        guard let (program, options) = parts(of: line) else { return script }
        guard end > longest || program.utf8.contains(UInt8(ascii: " ")) else { return script }
        return Array(replacement(program, options).utf8) + script[end...]
    }

    /// The interpreter and what it is given. A blank of the path is escaped by a backslash.
    private static func parts(of line: String) -> (program: String, options: String)? {
        let text = line.drop { $0 == " " }
        guard text.first == "/" else { return nil }
        var end = text.startIndex
        while end < text.endIndex, text[end] != "\t", text[end] != "\r" {
            if text[end] == " " { break }
            if text[end] == "\\", let next = text.index(end, offsetBy: 1, limitedBy: text.endIndex), next < text.endIndex, text[next] == " " {
                end = next
            }
            end = text.index(after: end)
        }
        return (String(text[..<end]), String(text[end...]))
    }

    private static func replacement(_ program: String, _ options: String) -> String {
        let path = program.replacing("\\ ", with: " ")
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if name.hasPrefix("python") { return pythonHeading(path, options: options) }
        return "#!/usr/bin/env \(name)\(options)"
    }

    /// What to the shell is a command that never returns, and to Python a text.
    private static func pythonHeading(_ path: String, options: String) -> String {
        "#!/bin/sh\n'''exec' \"\(path)\"\(options) \"$0\" \"$@\" #'''"
    }

    /// The first line of a script for a Python at a path, without its end.
    static func heading(python path: String) -> String {
        let plain = "#!\(path)"
        guard plain.utf8.count > longest || path.utf8.contains(UInt8(ascii: " ")) else { return plain }
        return pythonHeading(path, options: "")
    }
}
