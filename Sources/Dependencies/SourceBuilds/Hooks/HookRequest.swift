import FoundationEssentials
import SystemPackage

/// A hook of a build backend (PEP 517, PEP 660).
enum Hook: String, Sendable, Hashable {
    case requiresForWheel = "get_requires_for_build_wheel"
    case requiresForEditable = "get_requires_for_build_editable"
    case metadata = "prepare_metadata_for_build_wheel"
    case editableMetadata = "prepare_metadata_for_build_editable"
    case wheel = "build_wheel"
    case editable = "build_editable"
}

/// What the script is told.
struct HookRequest: Encodable, Sendable {
    var hook: String
    var backend: String
    /// Relative to the project.
    var backendPath: [String]
    /// Where the hook puts what it makes; none for hooks that make nothing.
    var folder: String?
    /// The file for the answer.
    var answer: String

    private enum CodingKeys: String, CodingKey {
        case hook, backend, folder, answer
        case backendPath = "backend-path"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(hook, forKey: .hook)
        try container.encode(backend, forKey: .backend)
        try container.encode(backendPath, forKey: .backendPath)
        // The script looks for the key.
        try container.encode(folder, forKey: .folder)
        try container.encode(answer, forKey: .answer)
    }

    var json: [UInt8] {
        get throws { Array(try JSONEncoder().encode(self)) }
    }
}

/// What the script said.
enum HookAnswer: Sendable, Hashable {
    case text(String)
    case texts([String])
    /// The backend does not have the hook.
    case missing
    /// The backend cannot be loaded.
    case noBackend(String)
    case exception(String)
    /// The hook gave something of another kind.
    case unreadable

    init(json: [UInt8]) {
        struct Fields: Decodable {
            var missing: Bool?
            var backend: String?
            var exception: String?
        }
        struct Text: Decodable { var value: String }
        struct Texts: Decodable { var value: [String] }
        let (data, decoder) = (Data(json), JSONDecoder())
        guard let fields = try? decoder.decode(Fields.self, from: data) else {
            self = .unreadable
            return
        }
        if fields.missing == true {
            self = .missing
        } else if let reason = fields.backend {
            self = .noBackend(reason)
        } else if let text = fields.exception {
            self = .exception(text)
        } else if let text = try? decoder.decode(Text.self, from: data) {
            self = .text(text.value)
        } else if let texts = try? decoder.decode(Texts.self, from: data) {
            self = .texts(texts.value)
        } else {
            self = .unreadable
        }
    }
}
