package import Diagnostics

/// A change of a run's tags: removals first, then additions.
package struct TagEdit: Sendable, Hashable, Codable {
    /// How many tags of the person's a run can have.
    package static let mostTags = 50
    /// How long a tag can be, in Unicode scalars.
    package static let longestTag = 500

    package var adding: [String]
    package var removing: [String]

    package init(adding: [String] = [], removing: [String] = []) {
        self.adding = adding
        self.removing = removing
    }

    /// The person's tags after the change. Adding what is a system tag, or removing what is not there, changes nothing.
    ///
    /// - Throws: `TagError`, and then nothing of the change is made.
    package func applied(to userTags: Set<String>, systemTags: Set<String>) throws(TagError) -> Set<String> {
        let untouchable = systemTags.intersection(removing)
        guard untouchable.isEmpty else { throw .systemTags(untouchable.sorted()) }
        let tags = userTags.subtracting(removing).union(Set(adding).subtracting(systemTags))
        // A set that is already too large may still be made smaller.
        if tags.count > Self.mostTags, tags.count > userTags.count { throw .tooMany(tags.count) }
        for tag in adding { try Self.check(tag) }
        return tags
    }

    /// Whether a text can be a tag.
    package static func check(_ tag: String) throws(TagError) {
        guard !tag.isEmpty else { throw .empty }
        guard tag.unicodeScalars.count <= longestTag else { throw .tooLong(tag) }
        // What stands for bytes that were no UTF-8.
        guard !tag.unicodeScalars.contains("\u{FFFD}") else { throw .notText(tag) }
    }
}

/// Why tags cannot be changed so.
package enum TagError: DiagnosticError, Hashable {
    case empty
    case tooLong(String)
    case notText(String)
    case tooMany(Int)
    case systemTags([String])

    package var diagnostic: Diagnostic {
        switch self {
        case .empty:
            Diagnostic(.user, "a tag cannot be empty", help: "leave it out, or write a text")
        case .tooLong(let tag):
            Diagnostic(
                .user,
                "the tag '\(tag.prefix(40))…' is too long: it has \(tag.unicodeScalars.count) characters, and "
                    + "\(TagEdit.longestTag) are allowed",
                help: "shorten it")
        case .notText(let tag):
            Diagnostic(.user, "the tag '\(tag)' is not valid UTF-8", help: "write it in UTF-8")
        case .tooMany(let count):
            Diagnostic(
                .user, "the run would have \(count) tags, and \(TagEdit.mostTags) are allowed",
                help: "remove some first, or replace them")
        case .systemTags(let tags):
            Diagnostic(
                .user,
                "\(tags.map { "'\($0)'" }.joined(separator: ", ")) cannot be removed: "
                    + (tags.count == 1 ? "it is a system tag" : "they are system tags"),
                help: "only tags of your own can be removed")
        }
    }
}
