/// The script of a command of a `noarch: python` package.
struct EntryPointScript {
    let name: String
    let module: String
    /// `main`, `Tool.run`
    let function: String

    /// - Parameter text: `name = module:function`
    init?(parsing text: String) {
        guard let equals = text.firstIndex(of: "="), let colon = text[equals...].firstIndex(of: ":") else { return nil }
        func part(_ text: Substring) -> String { String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()) }
        name = part(text[..<equals])
        module = part(text[text.index(after: equals)..<colon])
        function = part(text[text.index(after: colon)...])
        let isName = !name.isEmpty && !name.hasPrefix(".") && name.allSatisfy { !$0.isWhitespace && $0 != "/" && $0 != "\0" }
        let isPlace = !module.isEmpty && !function.isEmpty && (module + function).allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
        guard isName, isPlace else { return nil }
    }

    /// - Parameter python: The path of the interpreter.
    func text(python: String) -> String {
        let start = Shebang(interpreter: python).lines
        let first = function.split(separator: ".").first ?? ""
        return start + "\n# -*- coding: utf-8 -*-\nimport re\nimport sys\n\nfrom \(module) import \(first)\n\nif __name__ == '__main__':\n"
            + "\tsys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])\n\tsys.exit(\(function)())\n"
    }
}
