import Foundation
import Testing
import WorkerProtocol

/// The frames in `Golden/`, which the SDK's tests read too.
///
/// `NAME.frame` are the bytes on the wire, `NAME.json` says what is in them. `PENSTOCK_REWRITE_GOLDEN=1` writes the frames
/// of this side's own messages anew.
enum GoldenFrames {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")

    static func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name + ".frame"))
    }

    static func frame(_ name: String) throws -> Frame {
        var decoder = FrameDecoder()
        try bytes(name).withUnsafeBytes { decoder.append($0) }
        return try #require(try decoder.next())
    }

    /// What `NAME.json` says: the header as an object, and the payload.
    static func expectation(_ name: String) throws -> (header: NSDictionary, payload: String) {
        let data = try Data(contentsOf: folder.appendingPathComponent(name + ".json"))
        let object = try #require(JSONSerialization.jsonObject(with: data) as? NSDictionary)
        return (try #require(object["header"] as? NSDictionary), try #require(object["payload_hex"] as? String))
    }

    static func rewriteIfAsked(_ name: String, _ frame: Frame) throws {
        guard ProcessInfo.processInfo.environment["PENSTOCK_REWRITE_GOLDEN"] == "1" else { return }
        try frame.encoded.write(to: folder.appendingPathComponent(name + ".frame"))
        let header = try JSONSerialization.jsonObject(with: frame.header)
        let payload = frame.payload.map { String(format: "%02x", $0) }.joined()
        let data = try JSONSerialization.data(
            withJSONObject: ["header": header, "payload_hex": payload],
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        try data.write(to: folder.appendingPathComponent(name + ".json"))
    }
}
