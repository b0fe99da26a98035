import Executors
import Glibc
import Testing

@Suite struct EventLoopTests {
    @Test func timersFireInOrderAndOnce() throws {
        let loop = try EventLoop()
        var fired: [Int] = []
        loop.after(.milliseconds(20)) { fired.append(2) }
        loop.after(.milliseconds(5)) { fired.append(1) }
        let cancelled = loop.after(.milliseconds(10)) { fired.append(99) }
        loop.cancel(cancelled)
        loop.after(.milliseconds(40)) { loop.stop() }
        loop.run()
        #expect(fired == [1, 2])
    }

    @Test func workFromOtherThreadsArrives() throws {
        let loop = try EventLoop()
        let counter = Counter()
        let remote = loop.remote
        for _ in 0..<4 {
            Thread.start {
                for _ in 0..<250 { remote.post { counter.value += 1 } }
            }
        }
        loop.after(.zero) { counter.stopWhen(1000, loop) }
        loop.run()
        #expect(counter.value == 1000)
    }

    @Test func endOfFileIsReadable() throws {
        let loop = try EventLoop()
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        var reads: [Int] = []
        loop.whenReadable(ends[0]) {
            var buffer = [UInt8](repeating: 0, count: 16)
            let size = read(ends[0], &buffer, buffer.count)
            reads.append(size)
            if size == 0 {
                loop.forget(ends[0])
                loop.stop()
            }
        }
        var byte: UInt8 = 7
        #expect(write(ends[1], &byte, 1) == 1)
        close(ends[1])
        loop.run()
        close(ends[0])
        #expect(reads == [1, 0])
    }
}

/// Counts on the loop's thread only.
private final class Counter: @unchecked Sendable {  // every access is posted to one loop
    var value = 0

    func stopWhen(_ count: Int, _ loop: EventLoop) {
        if value == count { return loop.stop() }
        loop.after(.milliseconds(1)) { self.stopWhen(count, loop) }
    }
}

private enum Thread {
    static func start(_ work: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(work))
        pthread_create(&thread, nil, { raw in
            guard let raw else { return nil }
            Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().work()
            return nil
        }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Box {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
}
