/// A script that an entry point asks for: a function that becomes a command (the entry points specification).
package struct EntryPoint: Hashable, Sendable {
    /// The name of the command.
    package var name: String
    /// `package.module`.
    package var module: String
    /// `function` or `object.method`.
    package var attribute: String

    package init(name: String, module: String, attribute: String) {
        self.name = name
        self.module = module
        self.attribute = attribute
    }
}

extension EntryPoint {
    /// The console and GUI scripts in `entry_points.txt`; on the systems that Penstock runs on they are alike.
    package static func scripts(in bytes: [UInt8]) throws(WheelFault) -> [EntryPoint] {
        var section = ""
        var found: [EntryPoint] = []
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let text = trimmed(line)
            if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { continue }
            if text.hasPrefix("["), text.hasSuffix("]") {
                section = trimmed(text.dropFirst().dropLast())
            } else if section == "console_scripts" || section == "gui_scripts" {
                found.append(try EntryPoint(line: text))
            }
        }
        return found
    }

    // `name = module:attribute [extras]`; the extras have no meaning any more.
    private init(line: String) throws(WheelFault) {
        guard let equals = line.firstIndex(of: "=") else { throw .entryPoint(line) }
        name = Self.trimmed(line[..<equals])
        var target = line[line.index(after: equals)...]
        if let bracket = target.firstIndex(of: "[") { target = target[..<bracket] }
        let parts = target.split(separator: ":", omittingEmptySubsequences: false).map { Self.trimmed($0) }
        guard parts.count == 2 else { throw .entryPoint(line) }
        module = parts[0]
        attribute = parts[1]
        guard Self.isFileName(name), Self.isDotted(module), Self.isDotted(attribute) else { throw .entryPoint(line) }
    }

    /// The program that is the command, without its first line.
    var program: String {
        let root = attribute.split(separator: ".")[0]
        return """
            import sys

            from \(module) import \(root)

            if __name__ == "__main__":
                sys.exit(\(attribute)())

            """
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = Substring(text).drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    private static func isFileName(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".." && text.utf8.count <= 255
            && text.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") && $0 >= 0x20 && $0 != 0x7f }
    }

    // Python identifiers joined by dots; nothing else may get into a program. By scalars, since what Swift takes for one
    // character that is a letter may have others in it.
    private static func isDotted(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
            return part.unicodeScalars.allSatisfy(\.properties.isXIDContinue)
        }
    }
}
