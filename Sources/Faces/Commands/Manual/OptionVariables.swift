/// Options of a flow's commands that come from the environment: `METAFLOW_TAG_LIST_FLAT=1`, `PENSTOCK_DUMP_PRIVATE=1`.
struct OptionVariables {
    /// These have variables of other names, which the commands look at themselves.
    private static let otherwiseNamed: Set = ["--tag", "--with"]

    let environment: [String: String]

    /// The words with those options added that the environment sets and the person did not type.
    func applied(to words: [String]) -> [String] {
        let words = topFlags(words) + words
        // Describing the command line takes longer than parsing it, and is seldom needed.
        guard words.contains(where: hasVariables), let tree = CommandTree.of(FlowCommandLine.self) else { return words }
        let walk = CommandWalk(tree, words)
        guard !walk.path.isEmpty else { return words }
        let typed = Set(words.dropFirst(walk.wordCount).map { String($0.prefix { $0 != "=" }) })
        let added = (walk.command.arguments ?? []).flatMap { arguments(for: $0, of: walk.wholePath, typed) }
        return Array(words.prefix(walk.wordCount)) + added + words.dropFirst(walk.wordCount)
    }

    /// Of the options before the command, the flags; those with values are looked up where they are used.
    private func topFlags(_ words: [String]) -> [String] {
        let flags = [("quiet", "--quiet", "--no-quiet"), ("pylint", "--pylint", "--no-pylint")]
        return flags.compactMap { name, on, off in
            guard !words.contains(on), !words.contains(off), let value = value(of: [name]) else { return nil }
            return Self.isTrue(value) ? on : off
        }
    }

    /// Whether a word may be a command with options in the environment.
    private func hasVariables(_ word: String) -> Bool {
        guard !word.hasPrefix("-"), word.count < 30 else { return false }
        let name = Self.variable(word)
        return environment.keys.contains { $0.hasPrefix("METAFLOW_\(name)_") || $0.hasPrefix("PENSTOCK_\(name)_") }
    }

    private func arguments(for word: CommandTree.Word, of path: [String], _ typed: Set<String>) -> [String] {
        let names = (word.names ?? []).map(\.text)
        guard word.kind != .positional, let name = names.first(where: { $0.hasPrefix("--") }),
            !Self.otherwiseNamed.contains(name), typed.isDisjoint(with: names),
            let value = value(of: path + [String(name.dropFirst(2))])
        else { return [] }
        switch word.kind {
        case .flag: return Self.isTrue(value) ? [name] : []
        case .option where word.isRepeating: return value.split(separator: " ").map { "\(name)=\($0)" }
        case .option, .positional: return ["\(name)=\(value)"]
        }
    }

    private func value(of path: [String]) -> String? {
        let suffix = Self.variable(path.joined(separator: "_"))
        return ["PENSTOCK_\(suffix)", "METAFLOW_\(suffix)"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }

    private static func variable(_ name: String) -> String {
        name.uppercased().replacing("-", with: "_")
    }

    static func isTrue(_ value: String) -> Bool {
        ["1", "true", "yes", "on", "t", "y"].contains(value.lowercased())
    }
}
