import Datastore
import FlowModel

/// What Metaflow records of a flow, a run, a step or a task in `_self.json`.
struct ObjectRecord: Decodable, Sendable {
    var user: String?
    var tags: [String]?
    var systemTags: [String]?
    /// Milliseconds since 1970.
    var time: Double

    private enum CodingKeys: String, CodingKey {
        case tags
        case user = "user_name"
        case systemTags = "system_tags"
        case time = "ts_epoch"
    }

    var createdAt: WallTime { WallTime(milliseconds: time) }
}

/// A fact about a task, in `sysmeta_….json`.
struct FactRecord: Decodable, Sendable {
    var name: String
    var value: JSONValue
    var type: String?
    var tags: [String]?
    var time: Double

    private enum CodingKeys: String, CodingKey {
        case value, type, tags
        case name = "field_name"
        case time = "ts_epoch"
    }

    var at: WallTime { WallTime(milliseconds: time) }

    /// The attempt that its tags tell; Metaflow before 2.8 wrote none.
    var attempt: Int? {
        tags?.lazy.compactMap { $0.hasPrefix("attempt_id:") ? Int($0.dropFirst("attempt_id:".count)) : nil }.first
    }
}

/// An artifact of an attempt, in `<N>_artifact_<name>.json`.
struct ArtifactFileRecord: Decodable, Sendable {
    var name: String
    var sha: String
    var contentType: String?
    var storeType: String?
    var time: Double

    private enum CodingKeys: String, CodingKey {
        case name, sha
        case contentType = "content_type"
        case storeType = "ds_type"
        case time = "ts_epoch"
    }

    var createdAt: WallTime { WallTime(milliseconds: time) }
}

/// Sizes and types of the artifacts of an attempt, in `<N>.data.json`.
struct DataRecord: Decodable, Sendable {
    struct Info: Decodable, Sendable {
        var size: Int64?
        var type: String?
        var encoding: String?
    }

    var objects: [String: String]?
    var info: [String: Info]?
}

extension WallTime {
    init(milliseconds: Double) {
        self.init(microseconds: milliseconds.isFinite && abs(milliseconds) < 1e15 ? Int64(milliseconds * 1000) : 0)
    }
}

extension JSONValue {
    /// The text of a fact: itself, or JSON.
    var factText: String {
        if case .string(let text) = self { text } else { json }
    }
}
