import FlowModel
import FoundationEssentials
@testable import WorkerProtocol

extension FuzzTarget {
    static let messages: [FuzzTarget] = [
        FuzzTarget(name: "frames", seeds: { frameSeeds }, words: ["\"type\":", "\"hello\"", "\"task\":", "\"result\""], run: readFrames),
        FuzzTarget(name: "flow-description", seeds: { ["{\"name\": \"F\", \"steps\": []}".seed] }, words: ["\"steps\":", "\"name\":", "\"decorators\":", "\"parameters\":"]) {
            _ = try? JSONDecoder().decode(FlowDescription.self, from: Data($0))
        },
    ]

    private static let frameSeeds = [
        "{\"type\": \"exited\", \"task\": \"a\", \"pid\": 1, \"code\": 0}", "{\"type\": \"spawned\", \"task\": \"a\", \"pid\": 7}", "{}",
    ].map { Array(Frame(header: Data($0.utf8), payload: Data([1, 2, 3])).encoded) }

    /// In pieces the stream gives the same frames.
    @Sendable private static func readFrames(_ bytes: [UInt8]) {
        let whole = frames(bytes, pieces: max(1, bytes.count))
        holds(whole == frames(bytes, pieces: 3), "in pieces other frames come")
        for frame in whole {
            holds(frames(Array(frame.encoded), pieces: 1000) == [frame], "a frame does not come back")
            _ = try? frame.message(HostMessage.self)
            _ = try? frame.message(TaskMessage.self)
        }
    }

    private static func frames(_ bytes: [UInt8], pieces: Int) -> [Frame] {
        var decoder = FrameDecoder()
        var frames: [Frame] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { decoder.append($0) }
            do {
                while let frame = try decoder.next() { frames.append(frame) }
            } catch {
                return frames
            }
        }
        return frames
    }
}
