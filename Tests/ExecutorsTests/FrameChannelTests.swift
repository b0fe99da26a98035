import Executors
import Foundation
import Glibc
import Testing
import WorkerProtocol

@Suite struct FrameChannelTests {
    /// Both ends in one loop; what arrives at the second is kept.
    private final class Pair {
        let loop: EventLoop
        private(set) var sender: FrameChannel?
        private(set) var receiver: FrameChannel?
        var frames: [Frame] = []
        var ending: FrameChannel.Ending?
        let rawSender: Int32

        init(raw: Bool = false, stopAfter count: Int = .max) throws {
            loop = try EventLoop()
            let ends = try FrameChannel.pair()
            rawSender = ends.worker
            receiver = FrameChannel(
                ends.engine, loop: loop,
                onFrame: { [unowned self] in
                    frames.append($0)
                    if frames.count == count { loop.stop() }
                },
                onEnd: { [unowned self] in
                    ending = $0
                    loop.stop()
                })
            if !raw { sender = FrameChannel(ends.worker, loop: loop, onFrame: { _ in }, onEnd: { _ in }) }
        }
    }

    @Test func largeFramesPassAFullSocket() throws {
        let pair = try Pair(stopAfter: 20)
        for number in 0..<20 {
            let payload = Data(repeating: UInt8(number), count: 300_000)
            pair.sender?.send(Frame(header: Data("{\"n\":\(number)}".utf8), payload: payload))
        }
        pair.loop.run()
        #expect(pair.frames.map { $0.payload.first } == (0..<20).map { UInt8($0) })
        #expect(pair.frames.allSatisfy { $0.payload.count == 300_000 })
    }

    @Test func descriptorsArriveInOrder() throws {
        let pair = try Pair(stopAfter: 3)
        for number in 0..<3 {
            var ends: [Int32] = [-1, -1]
            #expect(pipe(&ends) == 0)
            var byte = UInt8(number)
            #expect(write(ends[1], &byte, 1) == 1)
            close(ends[1])
            pair.sender?.send(Frame(header: Data("{}".utf8), payload: Data(count: 100_000)), descriptors: [ends[0]])
        }
        pair.loop.run()
        for number in 0..<3 {
            let descriptor = try #require(pair.receiver?.takeDescriptor())
            var byte: UInt8 = 99
            #expect(read(descriptor, &byte, 1) == 1)
            #expect(byte == UInt8(number))
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
            close(descriptor)
        }
        #expect(pair.receiver?.takeDescriptor() == nil)
    }

    @Test func aPeerThatGoesIsAnEndOfFile() throws {
        let pair = try Pair(raw: true)
        close(pair.rawSender)
        pair.loop.run()
        guard case .endOfFile = pair.ending else {
            Issue.record("ended with \(String(describing: pair.ending))")
            return
        }
    }

    @Test func noiseIsRefused() throws {
        let pair = try Pair(raw: true)
        let noise: [UInt8] = Array("GET / HTTP/1.1\r\n\r\n".utf8)
        #expect(write(pair.rawSender, noise, noise.count) == noise.count)
        pair.loop.run()
        close(pair.rawSender)
        guard case .malformed(.length) = pair.ending else {
            Issue.record("ended with \(String(describing: pair.ending))")
            return
        }
    }
}
