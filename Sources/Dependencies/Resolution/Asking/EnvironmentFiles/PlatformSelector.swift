internal import CondaPackaging

/// For which platforms a line is: `linux`, `osx and arm64`, `not win` (CEP 24, preprocessing selectors).
struct PlatformSelector {
    struct Problem: Error, Hashable {
        let reason: String
    }

    /// The platforms that channels have and for which it is true.
    let platforms: Set<Subdir>

    static let all = Set(Subdir.known.filter { $0 != .noarch })

    static let help = "write linux, osx, win, unix, or a processor such as x86_64, aarch64 and arm64, with 'and', 'or' and 'not' between them"

    init(parsing text: String) throws(Problem) {
        guard text.utf8.count <= 200 else { throw Problem(reason: "it is too long") }
        var reader = SelectorReader(text)
        platforms = try reader.whole()
    }

    /// The words that are true for a platform.
    static func words(of subdir: Subdir) -> Set<String> {
        let (system, processor) = (String(subdir.operatingSystem), String(subdir.architecture))
        var words: Set<String> = [system, processor]
        if subdir.isUnix { words.insert("unix") }
        if processor == "32" || processor == "64" { words.formUnion(["\(system)\(processor)", "x86"]) }
        if processor == "64" { words.formUnion(["x86_64", "x64"]) }
        if processor.hasPrefix("arm"), subdir.isLinux { words.insert("arm") }
        return words.subtracting(["32", "64"])
    }

    /// What stands in `sel(…)`; `nil` for another key.
    static func dictionaryExpression(_ key: String) -> String? {
        guard key.hasPrefix("sel("), key.hasSuffix(")") else { return nil }
        return String(key.dropFirst(4).dropLast())
    }

    /// What stands in the brackets of a comment ` [linux]`, if they are meant so: because nothing stands before them, or because
    /// there is nothing but words for platforms in them.
    static func commentExpression(_ comment: Substring) -> String? {
        guard let end = comment.lastIndex(of: "]"), let start = comment[..<end].lastIndex(of: "[") else { return nil }
        let expression = String(comment[comment.index(after: start)..<end])
        let isFirst = comment[..<start].allSatisfy(\.isWhitespace)
        return isFirst || (try? PlatformSelector(parsing: expression)) != nil ? expression : nil
    }

    /// The marker that is true on the same platforms, as far as there are wheels for them; empty where there are none.
    static func marker(of platforms: Set<Subdir>) -> String {
        var terms: [String] = []
        for (system, name) in [("linux", "linux"), ("osx", "darwin"), ("win", "win32")] {
            let known = all.filter { $0.operatingSystem == system }
            let chosen = known.intersection(platforms)
            if chosen.count == known.count {
                terms.append("sys_platform == '\(name)'")
            } else {
                terms += chosen.sorted().map { "(sys_platform == '\(name)' and platform_machine == '\($0.machine)')" }
            }
        }
        return terms.joined(separator: " or ")
    }
}

extension Subdir {
    /// What Python calls the processor (`platform.machine()`).
    fileprivate var machine: String {
        switch (String(operatingSystem), String(architecture)) {
        case ("win", "64"): "AMD64"
        case ("win", "32"): "x86"
        case ("win", "arm64"): "ARM64"
        case (_, "64"): "x86_64"
        case (_, "32"): "i686"
        case (_, let processor): processor
        }
    }
}

/// Reads `a and not (b or c)`; `not` binds before `and`, `and` before `or`.
private struct SelectorReader {
    private var tokens: ArraySlice<String>

    init(_ text: String) {
        let spaced = text.replacing("(", with: " ( ").replacing(")", with: " ) ")
        tokens = spaced.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    }

    mutating func whole() throws(PlatformSelector.Problem) -> Set<Subdir> {
        let platforms = try alternatives()
        if let rest = tokens.first { throw PlatformSelector.Problem(reason: "'\(rest)' is one word too many") }
        return platforms
    }

    private mutating func alternatives() throws(PlatformSelector.Problem) -> Set<Subdir> {
        var platforms = try conjunction()
        while take("or") { platforms.formUnion(try conjunction()) }
        return platforms
    }

    private mutating func conjunction() throws(PlatformSelector.Problem) -> Set<Subdir> {
        var platforms = try term()
        while take("and") { platforms.formIntersection(try term()) }
        return platforms
    }

    private mutating func term() throws(PlatformSelector.Problem) -> Set<Subdir> {
        guard let word = tokens.popFirst() else { throw PlatformSelector.Problem(reason: "a word is missing at its end") }
        switch word {
        case "not": return PlatformSelector.all.subtracting(try term())
        case "(":
            let platforms = try alternatives()
            guard take(")") else { throw PlatformSelector.Problem(reason: "a ')' is missing") }
            return platforms
        default:
            let platforms = PlatformSelector.all.filter { PlatformSelector.words(of: $0).contains(word) }
            guard !platforms.isEmpty else { throw PlatformSelector.Problem(reason: "'\(word)' is no platform") }
            return platforms
        }
    }

    private mutating func take(_ word: String) -> Bool {
        guard tokens.first == word else { return false }
        tokens.removeFirst()
        return true
    }
}
