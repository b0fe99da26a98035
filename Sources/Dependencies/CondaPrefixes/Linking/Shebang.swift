/// The first line of a script, which says what runs it.
struct Shebang {
    /// The path of the interpreter; may have blanks in it.
    let interpreter: String
    /// What stands behind it, with the blank in front.
    let options: String

    init(interpreter: String, options: String = "") {
        self.interpreter = interpreter
        self.options = options
    }

    /// - Parameter line: Without its end. Blanks in the folder of the interpreter belong to it.
    init?(parsing line: String) {
        let rest = line.dropFirst(2).drop { $0 == " " }
        guard line.hasPrefix("#!"), rest.first == "/" else { return nil }
        let words = rest.split(separator: " ", omittingEmptySubsequences: false)
        // A word with a slash that begins neither a path nor an option goes on with the folder before it.
        var count = 1
        while count < words.count, words[count].contains("/"), !words[count].hasPrefix("/"), !words[count].hasPrefix("-") { count += 1 }
        interpreter = words[..<count].joined(separator: " ")
        options = words[count...].isEmpty ? "" : " " + words[count...].joined(separator: " ")
    }

    /// Kernels read no more of a first line, and end the interpreter's path at a blank.
    var isSound: Bool { interpreter.utf8.count + options.utf8.count + 2 <= 127 && !interpreter.contains(" ") }

    /// The line, or lines that come to the same where kernels would not take it.
    var lines: String {
        if isSound { return "#!\(interpreter)\(options)" }
        let name = interpreter.split(separator: "/").last.map(String.init) ?? interpreter
        guard name.hasPrefix("python") else { return "#!/usr/bin/env \(name)\(options)" }
        // Shell and Python both read these lines, each in its own way.
        return "#!/bin/sh\n'''exec' \"\(interpreter)\"\(options) \"$0\" \"$@\" #'''"
    }
}
