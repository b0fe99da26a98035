import CZstd
import Synchronization

/// Compression contexts kept for reuse: making one costs more than compressing a small artifact.
final class ZstdContexts: Sendable {
    static let compressing = ZstdContexts(limit: 16)

    // The pointers are only ever used by whoever took them out.
    private struct Idle: @unchecked Sendable { var contexts: [OpaquePointer] = [] }
    private let idle = Mutex(Idle())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func withContext<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        let context = take()
        defer { give(back: context) }
        return body(context)
    }

    private func take() -> OpaquePointer {
        if let context = idle.withLock({ $0.contexts.popLast() }) { return context }
        guard let context = ZSTD_createCCtx() else { preconditionFailure("zstd has no memory for a context") }
        return context
    }

    private func give(back context: OpaquePointer) {
        let isKept = idle.withLock { idle in
            if idle.contexts.count >= limit { return false }
            idle.contexts.append(context)
            return true
        }
        if !isKept { ZSTD_freeCCtx(context) }
    }
}
