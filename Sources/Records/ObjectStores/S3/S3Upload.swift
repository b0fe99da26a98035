import Archives
import NIOCore
import PackageSources

/// Stores a part of a file as an object: in one request when it is short, else in parts, several at once.
struct S3Upload: Sendable {
    let bucket: S3Bucket
    let key: String
    let description: S3Description
    let condition: PutCondition
    /// The file, and the offsets in it.
    let descriptor: Int32
    let range: Range<Int64>

    private var client: S3Client { bucket.client }

    /// S3 takes no more parts than this.
    private static let mostParts: Int64 = 10_000

    /// A part that the service has, with its word for it.
    private struct Part: Sendable {
        var number: Int
        var tag: String
        var checksum: String
    }

    func run() async throws(ObjectStoreError) -> PutOutcome {
        guard range.count > client.settings.partSize else {
            return try await bucket.put(try await body(range), as: key, description, condition)
        }
        if condition == .ifAbsent, try await bucket.info(key) != nil { return .wasThere }
        let upload = try await begin()
        do throws(ObjectStoreError) {
            return try await run(upload)
        } catch {
            let (bucket, key) = (bucket, key)
            // What was sent of it would stay, and be paid for. It goes even when the task is cancelled.
            await Task { await Self.abandon(upload, bucket, key) }.value
            throw error
        }
    }

    private func run(_ upload: String) async throws(ObjectStoreError) -> PutOutcome {
        let ranges = ranges
        var parts = try await send(Array(ranges.enumerated()), upload)
        var outcome = try await complete(parts, upload)
        // A part that got lost on the other side is sent again, once.
        if outcome == nil {
            let known = try await knownTags(upload)
            let lost = parts.filter { known[$0.number] != $0.tag }.map(\.number)
            let again = try await send(ranges.enumerated().filter { lost.contains($0.offset + 1) }, upload)
            parts = (parts.filter { !lost.contains($0.number) } + again).sorted { $0.number < $1.number }
            outcome = try await complete(parts, upload)
        }
        guard let outcome else { throw damaged("the service does not put its parts together") }
        if outcome == .stored { try await confirm() }
        return outcome
    }

    private var ranges: [Range<Int64>] {
        let count = Int64(range.count)
        var size = client.settings.partSize
        if count > size * Self.mostParts {
            let mebibyte: Int64 = 1 << 20
            size = ((count + Self.mostParts - 1) / Self.mostParts + mebibyte - 1) / mebibyte * mebibyte
        }
        return stride(from: range.lowerBound, to: range.upperBound, by: Int64.Stride(size)).map {
            $0..<min($0 + size, range.upperBound)
        }
    }

    private func body(_ range: Range<Int64>) async throws(ObjectStoreError) -> S3Body {
        let descriptor = descriptor
        let body: S3Body?
        do throws(FileFault) {
            body = try await BlockingWork.run { () throws(FileFault) in try S3Body.read(range, of: descriptor) }
        } catch {
            throw .system(store: bucket.store, path: key, operation: error.operation, code: error.code)
        }
        guard let body else { throw .shortInput(store: bucket.store, key: key) }
        return body
    }

    private func damaged(_ reason: String) -> ObjectStoreError { .damaged(store: bucket.store, key: key, reason: reason) }
}

// MARK: Requests

extension S3Upload {
    private func begin() async throws(ObjectStoreError) -> String {
        var request = bucket.request("POST", key)
        request.query = [("uploads", "")]
        request.headers = description.headers(client.settings) + [("x-amz-checksum-algorithm", "SHA256")]
        let reply = try await client.perform(request) { answer throws(S3Interruption) in
            let root = XMLElement(parsing: try await answer.whole(limit: 1 << 20))
            guard let upload = root?.text("UploadId"), !upload.isEmpty else {
                throw .damaged("the service gives no name to the upload")
            }
            return upload
        }
        switch reply {
        case .done(let upload): return upload
        case .refused(let failure, _, _): throw bucket.refusal(failure, key)
        }
    }

    private func send(
        _ wanted: [(offset: Int, element: Range<Int64>)], _ upload: String
    ) async throws(ObjectStoreError) -> [Part] {
        let results = await withTaskGroup(of: Result<Part, ObjectStoreError>.self) { group in
            var rest = wanted[...]
            func start() {
                guard let (offset, range) = rest.popFirst() else { return }
                group.addTask {
                    do throws(ObjectStoreError) {
                        return .success(try await send(part: offset + 1, range, upload))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            // Parts lie in memory while they are sent.
            for _ in 0..<min(client.settings.concurrency, S3Settings.partsAtOnce) { start() }
            var results: [Result<Part, ObjectStoreError>] = []
            for await result in group {
                results.append(result)
                if case .failure = result {
                    rest = []
                    group.cancelAll()
                }
                start()
            }
            return results
        }
        // The failure that came first: the others were called off.
        var parts: [Part] = []
        for result in results { parts.append(try result.get()) }
        return parts.sorted { $0.number < $1.number }
    }

    private func send(part number: Int, _ range: Range<Int64>, _ upload: String) async throws(ObjectStoreError) -> Part {
        let body = try await body(range)
        var request = bucket.request("PUT", key)
        request.query = [("partNumber", "\(number)"), ("uploadId", upload)]
        request.headers = [("x-amz-checksum-sha256", body.checksum)]
        request.body = body
        let reply = try await client.perform(request) { answer throws(S3Interruption) in
            _ = try await answer.whole(limit: 64 << 10)
            try S3Bucket.check(answer) { body.digest }
            guard let tag = answer.header("etag") else { throw .damaged("the service does not confirm part \(number)") }
            return Part(number: number, tag: S3Object.bare(tag), checksum: body.checksum)
        }
        switch reply {
        case .done(let part): return part
        case .refused(let failure, _, _): throw bucket.refusal(failure, key)
        }
    }

    /// - Parameter condition: `nil` for that of the upload.
    /// - Returns: `nil` when the service lacks a part.
    private func complete(
        _ parts: [Part], _ upload: String, _ condition: PutCondition? = nil
    ) async throws(ObjectStoreError) -> PutOutcome? {
        let condition = condition ?? self.condition
        let list = parts.map {
            "<Part><PartNumber>\($0.number)</PartNumber><ETag>&quot;\(XMLElement.escape($0.tag))&quot;</ETag>"
                + "<ChecksumSHA256>\($0.checksum)</ChecksumSHA256></Part>"
        }
        let document = "<CompleteMultipartUpload xmlns=\"\(S3Bucket.namespace)\">\(list.joined())</CompleteMultipartUpload>"
        var request = bucket.request("POST", key)
        request.query = [("uploadId", upload)]
        request.headers = [("Content-Type", "application/xml")]
        if condition == .ifAbsent { request.headers.append(("If-None-Match", "*")) }
        request.body = S3Body(ByteBuffer(string: document))
        let reply = try await client.perform(request) { answer throws(S3Interruption) in
            // The head of this answer is sent before the work is done: only the body says what came of it.
            guard let root = XMLElement(parsing: try await answer.whole(limit: 1 << 20)) else {
                throw .damaged("the service does not say whether it is stored")
            }
            if root.name == "Error" { throw .failure(S3Failure(root)) }
            guard root.name == "CompleteMultipartUploadResult" else { throw .damaged("the service does not say whether it is stored") }
        }
        switch reply {
        case .done: return .stored
        case .refused(let failure, _, _) where failure.code == "InvalidPart" || failure.code == "InvalidPartOrder": return nil
        // An earlier attempt was heard although its answer was not: what is there tells.
        case .refused(let failure, _, true) where failure.code == "NoSuchUpload": return .stored
        case .refused(_, .conditionFailed, let mayBeDone) where condition == .ifAbsent:
            if mayBeDone, (try? await confirm()) != nil { return .stored }
            return .wasThere
        // Nothing was there when it began, and the service does not know the condition.
        case .refused(let failure, _, _) where condition == .ifAbsent && failure.isOfWhatIsLacking:
            return try await complete(parts, upload, .always)
        case .refused(let failure, _, _): throw bucket.refusal(failure, key)
        }
    }

    private func knownTags(_ upload: String) async throws(ObjectStoreError) -> [Int: String] {
        var known: [Int: String] = [:]
        var marker: String?
        repeat {
            var request = bucket.request("GET", key)
            request.query = [("uploadId", upload)]
            if let marker { request.query.append(("part-number-marker", marker)) }
            let reply = try await client.perform(request) { answer throws(S3Interruption) in
                // The name of the whole is not the same everywhere.
                guard let root = XMLElement(parsing: try await answer.whole(limit: 16 << 20)), root.name != "Error" else {
                    throw .damaged("the list of its parts cannot be understood")
                }
                return root
            }
            guard case .done(let root) = reply else { throw damaged("the service does not list its parts") }
            for part in root.all("Part") {
                guard let number = part.text("PartNumber").flatMap({ Int($0) }), let tag = part.text("ETag") else { continue }
                known[number] = S3Object.bare(tag)
            }
            marker = root.text("IsTruncated") == "true" ? root.text("NextPartNumberMarker") : nil
        } while marker != nil
        return known
    }

    /// Looks at what is there now: nothing counts as stored that is shorter than what was sent.
    private func confirm() async throws(ObjectStoreError) {
        guard let object = try await bucket.info(key) else { throw damaged("it is not there after it was put together") }
        guard object.size == range.count else {
            // Whoever finds it must not take it for what it should be.
            try? await bucket.remove([key])
            throw damaged("it has \(object.size) bytes after it was put together, and \(range.count) were sent")
        }
    }

    private static func abandon(_ upload: String, _ bucket: S3Bucket, _ key: String) async {
        var request = bucket.request("DELETE", key, expected: [200, 204, 404])
        request.query = [("uploadId", upload)]
        _ = try? await bucket.client.perform(request) { answer throws(S3Interruption) in _ = try await answer.whole(limit: 64 << 10) }
    }
}
