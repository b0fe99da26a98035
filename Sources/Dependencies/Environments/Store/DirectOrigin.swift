/// Where an installed project comes from if not from an index, as `direct_url.json` tells it (PEP 610).
package struct DirectOrigin: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// A wheel or sources, with the SHA-256 in hexadecimal digits.
        case archive(sha256: String)
        case repository(system: String, commit: String, requestedRevision: String?)
        case directory(isEditable: Bool)
    }

    /// Without credentials.
    package var url: String
    package var kind: Kind
    package var subdirectory: String?

    package init(url: String, _ kind: Kind, subdirectory: String? = nil) {
        self.url = url
        self.kind = kind
        self.subdirectory = subdirectory
    }

    static let fileName = "direct_url.json"

    /// The file; the same origin gives the same text.
    package var json: String {
        var fields = ["\"url\": \(Self.string(url))"]
        switch kind {
        case .archive(let sha256):
            fields.append(
                "\"archive_info\": {\"hash\": \"sha256=\(sha256)\", \"hashes\": {\"sha256\": \"\(sha256)\"}}")
        case .repository(let system, let commit, let revision):
            var info = ["\"vcs\": \(Self.string(system))"]
            if let revision { info.append("\"requested_revision\": \(Self.string(revision))") }
            info.append("\"commit_id\": \(Self.string(commit))")
            fields.append("\"vcs_info\": {\(info.joined(separator: ", "))}")
        case .directory(let isEditable):
            fields.append("\"dir_info\": {\(isEditable ? "\"editable\": true" : "")}")
        }
        if let subdirectory { fields.append("\"subdirectory\": \(Self.string(subdirectory))") }
        return "{\(fields.joined(separator: ", "))}\n"
    }

    private static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<" ", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
