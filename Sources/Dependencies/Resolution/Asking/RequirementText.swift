internal import PythonPackaging

/// Reads one requirement as pip takes it: PEP 508, or a URL or path in its place.
struct RequirementText {
    private let text: String
    private let spelled: String
    private let asker: Asker?
    /// Where relative paths begin.
    private let folder: String?
    private let home: String?
    private let isEditable: Bool

    /// - Parameter spelled: the text as the person wrote it, if it is not the same.
    init(
        _ text: String, spelled: String? = nil, asker: Asker? = nil, folder: String? = nil, home: String? = nil,
        isEditable: Bool = false
    ) {
        self.text = text.trimmed
        self.spelled = DirectReference.redacting(spelled ?? (isEditable ? "-e \(text)" : text))
        self.asker = asker
        self.folder = folder
        self.home = home
        self.isEditable = isEditable
    }

    func read() throws(RootRequirementError) -> AskedRequirement {
        if text.hasPrefix("-") { throw error(.option(text)) }
        if isReference { return try reference() }
        let requirement: Requirement
        do {
            requirement = try Requirement(parsing: text)
        } catch {
            throw self.error(.malformed(message(error)))
        }
        if case .url(let url) = requirement.source {
            return .named(try RootRequirement(requirement, from: try read(url), spelled: spelled, asker: asker))
        }
        if isEditable { throw error(.notEditable) }
        return .named(try RootRequirement(requirement, spelled: spelled, asker: asker))
    }

    /// The values of variables, which may be secrets, stay out of it.
    private func message(_ error: RequirementError) -> String {
        spelled.contains("${") && !text.contains("${")
            ? "with the values of its variables, it is no requirement of PEP 508"
            : DirectReference.redacting(error.description)
    }

    // MARK: - URLs and paths

    /// Whether a URL or path stands where PEP 508 has the name.
    private var isReference: Bool {
        if text.hasPrefix(".") || text.hasPrefix("/") || text == "~" || text.hasPrefix("~/") { return true }
        // The name, and the extras or what else may follow it.
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        let rest = text[name.endIndex...].drop { $0 == " " || $0 == "\t" }
        if rest.hasPrefix("@") { return Self.isRepositoryAddress(text[...]) }
        if rest.hasPrefix(":") || rest.hasPrefix("+") || rest.hasPrefix("/") { return true }
        let head = text.prefix { !$0.isWhitespace && !"<>=!~;([".contains($0) }
        return isEditable || head.contains("/") || ArchiveExtension.ends(String(head))
    }

    /// `git@host:path`, which looks like a package called `git`.
    private static func isRepositoryAddress(_ text: Substring) -> Bool {
        guard let at = text.firstIndex(of: "@"), !text.contains("://") else { return false }
        let rest = text[text.index(after: at)...]
        guard let first = rest.first, !first.isWhitespace, let colon = rest.firstIndex(of: ":") else { return false }
        return !rest[..<colon].contains("/") && !rest.hasPrefix("file:")
    }

    private func reference() throws(RootRequirementError) -> AskedRequirement {
        var (place, condition) = splitMarker()
        var extras: [ExtraName] = []
        if let names = Self.takeExtras(from: &place) {
            do {
                extras = try Requirement(parsing: "x[\(names)]").extras
            } catch {
                throw self.error(.malformed(error.description))
            }
        }
        let read = try read(place)
        let unnamed = UnnamedRequirement(
            reference: read.reference, extras: Set(extras + read.extras).sorted(), marker: try marker(condition),
            spelled: spelled, asker: asker)
        return read.name.map { .named(unnamed.named($0)) } ?? .unnamed(unnamed)
    }

    private func read(_ place: String) throws(RootRequirementError) -> ReadReference {
        do {
            return try ReadReference(parsing: place, below: folder, home: home, isEditable: isEditable)
        } catch {
            throw self.error(.reference(error))
        }
    }

    /// A URL may contain `;`, so that a blank has to stand beside the one before a marker; a path needs none.
    private func splitMarker() -> (place: String, marker: String?) {
        let isURL = text.contains("://")
        var previous: Character = "x"
        for index in text.indices {
            defer { previous = text[index] }
            guard text[index] == ";" else { continue }
            let rest = text[text.index(after: index)...]
            guard !isURL || previous.isWhitespace || rest.first?.isWhitespace == true else { continue }
            return (text[..<index].trimmed, rest.trimmed)
        }
        return (text, nil)
    }

    private func marker(_ text: String?) throws(RootRequirementError) -> Marker? {
        guard let text else { return nil }
        do {
            return try Marker(parsing: text)
        } catch {
            throw self.error(.malformed(error.description))
        }
    }

    /// What stands between the brackets at the end of a path.
    private static func takeExtras(from place: inout String) -> String? {
        guard place.hasSuffix("]"), let opening = place.lastIndex(of: "["), opening > place.startIndex,
            !place[opening...].contains("/"), !place.contains("#")
        else { return nil }
        let names = place[place.index(after: opening)...].dropLast()
        place = place[..<opening].trimmed
        return String(names)
    }

    private func error(_ problem: RootRequirementError.Problem) -> RootRequirementError {
        RootRequirementError(spelled: spelled, problem, asker: asker)
    }
}

extension StringProtocol {
    /// Without spaces at either end.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
