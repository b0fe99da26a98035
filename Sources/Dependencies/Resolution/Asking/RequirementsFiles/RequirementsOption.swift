/// An option that may stand in a requirements file, with its value (pip, requirements file format).
enum RequirementsOption: Hashable {
    case indexURL(String)
    case extraIndexURL(String)
    case noIndex
    case findLinks(String)
    case trustedHost(String)
    case requirements(String)
    case constraints(String)
    case editable(String)
    case noBinary(String)
    case onlyBinary(String)
    case prefersBinary
    case requiresHashes
    case prereleases
    case hash(String)
    /// Options that pip knows and that change nothing here, by their name.
    case ignored(String)
}

/// The options of one line that are not understood.
enum RequirementsOptionError: Error, Hashable {
    case unknown(String)
    /// Several options begin so.
    case ambiguous(String, [String])
    case noValue(String)
    case unwantedValue(String)
    case unclosedQuote
    /// Text that belongs to no option.
    case stray(String)
}

/// Reads options as Python's `optparse` does: `--name value`, `--name=value`, `-n value`, `-nvalue`,
/// `-n=value`, and long names cut short
/// where only one begins so.
struct RequirementsOptionReader {
    private typealias Make = (String) -> RequirementsOption

    private enum Form {
        case flag(RequirementsOption)
        case value(Make)
    }

    private static func form(of name: String) -> Form? {
        switch name {
        case "-i", "--index-url", "--pypi-url": .value { .indexURL($0) }
        case "--extra-index-url": .value { .extraIndexURL($0) }
        case "--no-index": .flag(.noIndex)
        case "-f", "--find-links": .value { .findLinks($0) }
        case "--trusted-host": .value { .trustedHost($0) }
        case "-r", "--requirement": .value { .requirements($0) }
        case "-c", "--constraint": .value { .constraints($0) }
        case "-e", "--editable": .value { .editable($0) }
        case "--no-binary": .value { .noBinary($0) }
        case "--only-binary": .value { .onlyBinary($0) }
        case "--prefer-binary": .flag(.prefersBinary)
        case "--require-hashes": .flag(.requiresHashes)
        case "--pre": .flag(.prereleases)
        case "--hash": .value { .hash($0) }
        case "--use-feature", "--global-option", "--config-settings", "--config-setting", "-C":
            .value { _ in .ignored(name) }
        default: nil
        }
    }

    private static let longNames = [
        "--config-setting", "--config-settings", "--constraint", "--editable", "--extra-index-url", "--find-links",
        "--global-option", "--hash", "--index-url", "--no-binary", "--no-index", "--only-binary", "--pre", "--prefer-binary",
        "--pypi-url", "--require-hashes", "--requirement", "--trusted-host", "--use-feature",
    ]

    private var words: ArraySlice<String>

    /// - Throws: for text that no shell would split.
    init(_ text: some StringProtocol) throws(RequirementsOptionError) {
        guard let words = ShellWords.split(text) else { throw .unclosedQuote }
        self.words = words[...]
    }

    mutating func read() throws(RequirementsOptionError) -> [RequirementsOption] {
        var options: [RequirementsOption] = []
        while let word = words.popFirst() {
            if word.hasPrefix("--"), word.count > 2 {
                options.append(try long(word))
            } else if word.hasPrefix("-"), word.count > 1, word != "--" {
                options.append(try short(word))
            } else {
                throw .stray(word)
            }
        }
        return options
    }

    private mutating func long(_ word: String) throws(RequirementsOptionError) -> RequirementsOption {
        let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = try Self.wholeName(pair[0])
        switch Self.form(of: name) {
        case .flag(let option):
            guard pair.count == 1 else { throw .unwantedValue(name) }
            return option
        case .value(let make): return make(try value(pair.count == 2 ? pair[1] : nil, of: name))
        case nil: throw .unknown(pair[0])
        }
    }

    private mutating func short(_ word: String) throws(RequirementsOptionError) -> RequirementsOption {
        let name = String(word.prefix(2))
        guard case .value(let make) = Self.form(of: name) else { throw .unknown(name) }
        let attached = word.dropFirst(2)
        let value = attached.hasPrefix("=") ? attached.dropFirst() : attached
        return make(try self.value(attached.isEmpty ? nil : String(value), of: name))
    }

    private mutating func value(_ attached: String?, of name: String) throws(RequirementsOptionError) -> String {
        guard let value = attached ?? words.popFirst(), !value.isEmpty else { throw .noValue(name) }
        return value
    }

    private static func wholeName(_ name: String) throws(RequirementsOptionError) -> String {
        if longNames.contains(name) { return name }
        let candidates = longNames.filter { $0.hasPrefix(name) }
        switch candidates.count {
        case 0: throw .unknown(name)
        case 1: return candidates[0]
        default: throw .ambiguous(name, candidates)
        }
    }
}
