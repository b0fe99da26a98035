import Archives
import Digests
import NIOCore
import PackageSources

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Fetches an object, or a part of it, into a file: in parts, several at once, when it is long.
struct S3Download: Sendable {
    let bucket: S3Bucket
    let key: String
    /// Offsets in the object; `nil` for all of it. The first of them comes to offset 0 of the file.
    let range: Range<Int64>?
    let descriptor: Int32

    private var client: S3Client { bucket.client }
    private var start: Int64 { range?.lowerBound ?? 0 }

    /// The first answer: it tells how much there is.
    private struct Beginning: Sendable {
        var object: S3Object
        /// What came already ends here.
        var end: Int64
    }

    /// - Returns: what is known about the object; `nil` when there is none.
    func run() async throws(ObjectStoreError) -> S3Object? {
        // An object that is replaced meanwhile is fetched anew.
        for _ in 0..<3 {
            switch try await attempt() {
            case .done(let object): return object
            case .missing: return nil
            case .changed: continue
            }
        }
        throw .damaged(store: bucket.store, key: key, reason: "it is replaced again and again while it is fetched")
    }

    private enum Outcome: Sendable {
        case done(S3Object)
        case missing
        /// Another object has its name now.
        case changed
    }

    private func attempt() async throws(ObjectStoreError) -> Outcome {
        if let range, range.isEmpty { return try await bucket.info(key).map(Outcome.done) ?? .missing }
        let first = start..<min(start + client.settings.partSize, range?.upperBound ?? .max)
        let reply = try await client.perform(request(first, nil)) { answer throws(S3Interruption) in try await begin(answer, first) }
        switch reply {
        case .done(let beginning):
            let end = min(range?.upperBound ?? .max, beginning.object.size)
            guard beginning.end < end else { return .done(beginning.object) }
            return try await rest(beginning.end..<end, beginning.object) ? .done(beginning.object) : .changed
        case .refused(_, .missing, _): return .missing
        // Nothing lies behind the offset; an empty object has no parts at all.
        case .refused(let failure, _, _) where failure.status == 416:
            return try await bucket.info(key).map { $0.size <= start ? .done($0) : .changed } ?? .missing
        case .refused(let failure, _, _): throw bucket.refusal(failure, key)
        }
    }

    private func request(_ part: Range<Int64>, _ tag: String?) -> S3Request {
        var request = bucket.request("GET", key, expected: tag == nil ? [200, 206] : [206])
        request.headers = [("Accept-Encoding", "identity"), ("Range", "bytes=\(part.lowerBound)-\(part.upperBound - 1)")]
        if let tag { request.headers.append(("If-Match", "\"\(tag)\"")) }
        return request
    }

    private func begin(_ answer: HTTPAnswer, _ part: Range<Int64>) async throws(S3Interruption) -> Beginning {
        guard answer.status == 206 else { return try await everything(answer) }
        guard let found = ContentRange(answer.header("content-range")), found.range.lowerBound == part.lowerBound,
            found.range.upperBound == min(part.upperBound, found.total), let object = S3Object(answer, size: found.total)
        else { throw .damaged("another part came than was asked for") }
        try await receive(answer, found.range)
        return Beginning(object: object, end: found.range.upperBound)
    }

    /// The service does not know parts: the answer is the whole object.
    private func everything(_ answer: HTTPAnswer) async throws(S3Interruption) -> Beginning {
        guard let object = S3Object(answer, size: answer.contentLength) else {
            throw .damaged("the service does not say how long it is")
        }
        try await receive(answer, 0..<object.size)
        return Beginning(object: object, end: object.size)
    }

    /// - Returns: `false` when another object has the name now.
    private func rest(_ range: Range<Int64>, _ object: S3Object) async throws(ObjectStoreError) -> Bool {
        let results = await withTaskGroup(of: Result<Bool, ObjectStoreError>.self) { group in
            var rest = stride(from: range.lowerBound, to: range.upperBound, by: Int64.Stride(client.settings.partSize))
                .map { $0..<min($0 + client.settings.partSize, range.upperBound) }[...]
            func start() {
                guard let part = rest.popFirst() else { return }
                group.addTask {
                    do throws(ObjectStoreError) { return .success(try await fetch(part, object)) } catch { return .failure(error) }
                }
            }
            for _ in 0..<min(client.settings.concurrency, S3Settings.partsAtOnce) { start() }
            var outcome = Result<Bool, ObjectStoreError>.success(true)
            for await result in group {
                // The one that came first counts: the others were called off.
                if case .success(true) = outcome, result != .success(true) {
                    outcome = result
                    rest = []
                    group.cancelAll()
                }
                start()
            }
            return outcome
        }
        return try results.get()
    }

    private func fetch(_ part: Range<Int64>, _ object: S3Object) async throws(ObjectStoreError) -> Bool {
        let reply = try await client.perform(request(part, object.tag)) { answer throws(S3Interruption) in
            guard ContentRange(answer.header("content-range"))?.range == part else {
                throw .damaged("another part came than was asked for")
            }
            try await receive(answer, part)
        }
        switch reply {
        case .done: return true
        case .refused(_, .conditionFailed, _), .refused(_, .missing, _): return false
        case .refused(let failure, _, _): throw bucket.refusal(failure, key)
        }
    }
}

// MARK: Writing

extension S3Download {
    /// Bytes that are written at once.
    private static let batch = 1 << 20

    /// Writes the body of an answer, which is that part of the object.
    private func receive(_ answer: HTTPAnswer, _ part: Range<Int64>) async throws(S3Interruption) {
        var position = part.lowerBound
        do {
            try await answer.forEachBatch(of: Self.batch) { batch, bytes in
                guard position + Int64(bytes) <= part.upperBound else { throw S3Interruption.damaged("more came than was promised") }
                try await write(batch, at: position)
                position += Int64(bytes)
            }
        } catch let error as S3Interruption {
            throw error
        } catch let error as AttemptFailure {
            throw .network(error)
        } catch {
            throw .network(AttemptFailure(error))
        }
        guard position == part.upperBound else {
            throw .damaged("\(position - part.lowerBound) of \(part.count) bytes came")
        }
    }

    private func write(_ buffers: [ByteBuffer], at position: Int64) async throws(S3Interruption) {
        let (descriptor, wanted, start) = (descriptor, range, start)
        do throws(FileFault) {
            try await BlockingWork.run { () throws(FileFault) in
                var offset = position
                for buffer in buffers {
                    let piece = offset..<offset + Int64(buffer.readableBytes)
                    let kept = piece.clamped(to: wanted ?? piece)
                    if !kept.isEmpty {
                        try buffer.withUnsafeReadableBytes { bytes throws(FileFault) in
                            let part = UnsafeRawBufferPointer(rebasing: bytes[Int(kept.lowerBound - offset)..<Int(kept.upperBound - offset)])
                            try Self.write(part, to: descriptor, at: kept.lowerBound - start)
                        }
                    }
                    offset = piece.upperBound
                }
            }
        } catch {
            throw .local(.system(store: bucket.store, path: key, operation: error.operation, code: error.code))
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int64) throws(FileFault) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw FileFault(operation: "write", code: errno) }
            done += count
        }
    }
}
