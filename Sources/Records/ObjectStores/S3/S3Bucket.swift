import Digests
import FoundationEssentials
import NIOCore
import PackageSources

/// The objects of one bucket by their names in it.
package struct S3Bucket: Sendable {
    let client: S3Client
    package let name: String

    /// The bucket's address, for errors.
    var store: String { S3Address.text(name) }

    /// No object is read whole into memory that is longer, in bytes.
    private static let longestInMemory = 4 << 30

    /// What is known about an object; `nil` when there is none.
    package func info(_ key: String) async throws(ObjectStoreError) -> S3Object? {
        let reply = try await client.perform(request("HEAD", key)) { answer throws(S3Interruption) in
            guard let object = S3Object(answer, size: answer.contentLength) else {
                throw .damaged("the service does not say how long it is")
            }
            return object
        }
        switch reply {
        case .done(let object): return object
        case .refused(_, .missing, _): return nil
        // Answers to HEAD say no more than a number. The same question with a body in its answer says why.
        case .refused: return try await explained(key)
        }
    }

    private func explained(_ key: String) async throws(ObjectStoreError) -> S3Object? {
        var request = request("GET", key, expected: [206])
        request.headers.append(("Range", "bytes=0-0"))
        let reply = try await client.perform(request) { answer throws(S3Interruption) in
            _ = try await answer.whole(limit: 1)
            guard let object = S3Object(answer, size: ContentRange(answer.header("content-range"))?.total) else {
                throw .damaged("the service does not say how long it is")
            }
            return object
        }
        switch reply {
        case .done(let object): return object
        case .refused(_, .missing, _): return nil
        case .refused(let failure, _, _): throw refusal(failure, key)
        }
    }

    /// The bytes of an object or of a part of it, and what is known about it; `nil` when there is none.
    ///
    /// - Parameter range: offsets; what lies behind the end is left out.
    package func read(_ key: String, range: Range<Int64>?) async throws(ObjectStoreError) -> (bytes: [UInt8], object: S3Object)? {
        if let range, range.isEmpty {
            return try await info(key).map { ([], $0) }
        }
        var request = request("GET", key, expected: range == nil ? [200] : [200, 206])
        request.headers.append(("Accept-Encoding", "identity"))
        if let range { request.headers.append(("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")) }
        if range == nil { request.headers.append(("x-amz-checksum-mode", "ENABLED")) }
        let reply = try await client.perform(request) { answer throws(S3Interruption) in
            let bytes = try await answer.whole(limit: Self.longestInMemory)
            return try Self.part(bytes, answer, range)
        }
        switch reply {
        case .done(let found): return found
        case .refused(_, .missing, _): return nil
        case .refused(let failure, _, _) where failure.status == 416: return try await info(key).map { ([], $0) }
        case .refused(let failure, _, _): throw refusal(failure, key)
        }
    }

    /// The wanted part of an answer, checked.
    private static func part(
        _ bytes: [UInt8], _ answer: HTTPAnswer, _ range: Range<Int64>?
    ) throws(S3Interruption) -> (bytes: [UInt8], object: S3Object) {
        if answer.status == 206 {
            guard let range, let found = ContentRange(answer.header("content-range")), found.range.lowerBound == range.lowerBound,
                found.range.count == bytes.count, found.range.upperBound == min(range.upperBound, found.total),
                let object = S3Object(answer, size: found.total)
            else { throw .damaged("another part came than was asked for") }
            return (bytes, object)
        }
        guard let object = S3Object(answer, size: Int64(bytes.count)) else { throw .damaged("the answer has no tag") }
        if let length = answer.contentLength, length != bytes.count { throw .damaged("\(bytes.count) of \(length) bytes came") }
        try check(answer) { SHA256Digest(hashing: bytes) }
        guard let range else { return (bytes, object) }
        // The service gave everything, which it may.
        let part = range.clamped(to: 0..<Int64(bytes.count))
        return (Array(bytes[Int(part.lowerBound)..<Int(part.upperBound)]), object)
    }

    /// Compares with the checksum of the whole object, if the service keeps one.
    static func check(_ answer: HTTPAnswer, _ digest: () -> SHA256Digest) throws(S3Interruption) {
        // One with a '-' is made of those of the parts.
        guard let expected = answer.header("x-amz-checksum-sha256"), !expected.contains("-") else { return }
        guard expected == Data(digest().bytes).base64EncodedString() else { throw .damaged("its checksum is another one") }
    }

    /// Stores bytes in one request. When this returns, they are kept.
    package func put(
        _ bytes: [UInt8], as key: String, _ description: S3Description, _ condition: PutCondition
    ) async throws(ObjectStoreError) -> PutOutcome {
        try await put(await S3Body.make(ByteBuffer(bytes: bytes)), as: key, description, condition)
    }

    func put(
        _ body: S3Body, as key: String, _ description: S3Description, _ condition: PutCondition
    ) async throws(ObjectStoreError) -> PutOutcome {
        var request = request("PUT", key)
        request.headers = description.headers(client.settings) + [("x-amz-checksum-sha256", body.checksum)]
        if condition == .ifAbsent { request.headers.append(("If-None-Match", "*")) }
        request.body = body
        let reply = try await client.perform(request) { answer throws(S3Interruption) in
            _ = try await answer.whole(limit: 64 << 10)
            try Self.check(answer) { body.digest }
            guard answer.header("etag") != nil else { throw .damaged("the service does not confirm that it is stored") }
        }
        switch reply {
        case .done: return .stored
        case .refused(_, .conditionFailed, let mayBeDone) where condition == .ifAbsent:
            return mayBeDone ? try await outcome(of: body, key) : .wasThere
        // Some services do not know the condition: then the look and the put are two steps, between which another put may come.
        case .refused(let failure, _, _) where condition == .ifAbsent && failure.isOfWhatIsLacking:
            return try await info(key) == nil ? try await put(body, as: key, description, .always) : .wasThere
        case .refused(let failure, _, _): throw refusal(failure, key)
        }
    }

    /// Whose object it is that was there when an attempt was repeated whose answer got lost.
    private func outcome(of body: S3Body, _ key: String) async throws(ObjectStoreError) -> PutOutcome {
        guard let found = try await read(key, range: nil), found.bytes.count == body.bytes.readableBytes else { return .wasThere }
        return body.bytes.readableBytesView.elementsEqual(found.bytes) ? .stored : .wasThere
    }

    /// Removes objects, up to 1000 in a request; those that are not there are no matter.
    package func remove(_ keys: [String]) async throws(ObjectStoreError) {
        var rest = keys[...]
        while !rest.isEmpty {
            let batch = rest.prefix(1000)
            rest = rest.dropFirst(batch.count)
            if batch.count == 1, let key = batch.first { try await remove(key) } else { try await remove(batch: batch) }
        }
    }

    private func remove(_ key: String) async throws(ObjectStoreError) {
        let reply = try await client.perform(request("DELETE", key, expected: [200, 204])) { answer throws(S3Interruption) in
            _ = try await answer.whole(limit: 64 << 10)
        }
        switch reply {
        case .done, .refused(_, .missing, _): return
        case .refused(let failure, _, _): throw refusal(failure, key)
        }
    }

    private func remove(batch keys: ArraySlice<String>) async throws(ObjectStoreError) {
        let objects = keys.map { "<Object><Key>\(XMLElement.escape($0))</Key></Object>" }.joined()
        let body = S3Body(ByteBuffer(string: "<Delete xmlns=\"\(Self.namespace)\"><Quiet>true</Quiet>\(objects)</Delete>"))
        var request = request("POST", "")
        request.query = [("delete", "")]
        request.headers = [("Content-MD5", body.md5), ("Content-Type", "application/xml")]
        request.body = body
        let reply = try await client.perform(request) { answer throws(S3Interruption) in
            let bytes = try await answer.whole(limit: 16 << 20)
            guard let root = XMLElement(parsing: bytes) else { throw .damaged("the service's answer cannot be understood") }
            if let error = root.all("Error").first(where: { $0.text("Code") != "NoSuchKey" }) {
                throw .failure(S3Failure(error))
            }
        }
        if case .refused(let failure, _, _) = reply { throw refusal(failure, nil) }
    }

    /// The namespace of S3's documents; it is no address.
    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    /// What the caller is told of an answer that it has no use for.
    func refusal(_ failure: S3Failure, _ key: String?) -> ObjectStoreError {
        .refused(store: store, key: key, status: failure.status, code: failure.code, message: failure.message)
    }

    func request(_ method: String, _ key: String, expected: Set<Int> = [200]) -> S3Request {
        S3Request(method: method, bucket: name, key: key, expected: expected)
    }

    /// An address from which anybody can fetch the object for a while.
    package func fetchAddress(_ key: String, validFor validity: Duration) async throws(ObjectStoreError) -> String {
        try await client.presigned("GET", bucket: name, key: key, lifetime: validity)
    }
}
