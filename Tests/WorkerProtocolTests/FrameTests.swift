import Foundation
import Testing
import WorkerProtocol

@Suite struct FrameTests {
    @Test func framesSurviveAnyCutting() throws {
        let frames = (0..<20).map { Frame(header: Data("{\"n\":\($0)}".utf8), payload: Data(repeating: UInt8($0), count: $0 * 37)) }
        let wire = frames.reduce(Data()) { $0 + $1.encoded }
        for size in [1, 2, 3, 7, 64, 1000, wire.count] {
            var decoder = FrameDecoder()
            var seen: [Frame] = []
            for start in stride(from: 0, to: wire.count, by: size) {
                Data(wire[start..<min(start + size, wire.count)]).withUnsafeBytes { decoder.append($0) }
                while let frame = try decoder.next() { seen.append(frame) }
            }
            #expect(seen == frames, "cut every \(size) bytes")
            #expect(!decoder.isInsideFrame)
        }
    }

    @Test(arguments: [
        ([0, 0, 0, 0], FrameError.length(0)),
        ([0, 0, 0, 3, 0, 0, 0, 0], .length(3)),
        ([4, 0, 0, 1], .length(0x0400_0001)),
        ([0xFF, 0xFF, 0xFF, 0xFF], .length(0xFFFF_FFFF)),
        ([0, 0, 0, 4, 0, 0, 0, 1], .headerLength(1, frame: 4)),
        ([0, 0, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], .headerLength(0xFFFF_FFFF, frame: 8)),
    ] as [([UInt8], FrameError)])
    func refusesLyingLengths(bytes: [UInt8], error: FrameError) {
        var decoder = FrameDecoder()
        bytes.withUnsafeBytes { decoder.append($0) }
        #expect(throws: error) { try decoder.next() }
    }

    @Test(arguments: [
        "", "[]", "null", "{}", "{\"type\":7}", "{\"type\":\"dance\"}", "{\"type\":\"ready\"}",
        "{\"type\":\"ready\",\"pid\":\"80\"}", "{\"type\":\"load\",\"digest\":\"abc\"}", "\u{0}\u{1}",
        String(repeating: "[", count: 100_000),
    ])
    func refusesOtherHeaders(text: String) {
        let frame = Frame(header: Data(text.utf8))
        #expect(throws: FrameError.self) { try frame.message(TaskMessage.self) }
    }
}
