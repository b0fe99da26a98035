import Diagnostics
import FoundationEssentials
import Glibc
import ObjectStores
import SystemPackage

/// Does what the class `S3` asks for.
final class ObjectService: Sendable {
    private let service: Result<S3Service, ObjectStoreError>
    private let output = OutputLines()

    init(environment: [String: String]) {
        do throws(ObjectStoreError) {
            service = .success(try S3Service(environment: environment))
        } catch {
            service = .failure(error)
        }
    }

    var concurrency: Int { (try? service.get())?.concurrency ?? 1 }

    /// Answers a line with one or more; a failure is an answer too.
    func answer(_ line: [UInt8]) async {
        guard let request = try? JSONDecoder().decode(ObjectRequest.self, from: Data(line)) else {
            var answer = ObjectAnswer(id: nil)
            (answer.error, answer.message) = (.failed, "a line cannot be understood")
            return send(answer)
        }
        do {
            send(try await answer(request))
        } catch {
            let failure = ObjectFault(error)
            var answer = ObjectAnswer(id: request.id)
            (answer.error, answer.message) = (failure.kind, failure.message)
            send(answer)
        }
    }

    private func send(_ answer: ObjectAnswer) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        if let bytes = try? encoder.encode(answer) { output.write(Array(bytes)) }
    }

    private func answer(_ request: ObjectRequest) async throws -> ObjectAnswer {
        let place = try ObjectPlace(request.url, isPrefix: request.action == .list)
        let bucket = try service.get().bucket(place.bucket)
        switch request.action {
        case .info: return try await bucket.info(place.name).map { ObjectAnswer(id: request.id, $0) } ?? missing(request)
        case .get: return try await get(request, bucket, place)
        case .put: return try await put(request, bucket, place)
        case .list: return try await list(request, bucket, place)
        }
    }

    private func missing(_ request: ObjectRequest) -> ObjectAnswer {
        var answer = ObjectAnswer(id: request.id)
        answer.missing = true
        return answer
    }

    private func get(_ request: ObjectRequest, _ bucket: S3Bucket, _ place: ObjectPlace) async throws -> ObjectAnswer {
        var range: Range<Int64>?
        if let length = request.length, length < 0 {
            guard let object = try await bucket.info(place.name) else { return missing(request) }
            guard object.size > 0 else { throw ObjectFault(.badRange, "\(request.url) is empty") }
            range = max(0, object.size + length)..<object.size
        } else if request.offset != nil || request.length != nil {
            let start = max(0, request.offset ?? 0)
            let end = request.length.map { start.addingReportingOverflow($0) }
            range = start..<(end.map { $0.overflow ? .max : $0.partialValue } ?? .max)
        }
        let file = try LocalFile(request.path, forWriting: true)
        defer { file.end() }
        guard let object = try await bucket.download(place.name, range: range, to: file.descriptor) else { return missing(request) }
        var answer = ObjectAnswer(id: request.id, object)
        if let range, range.lowerBound >= object.size {
            throw ObjectFault(.badRange, "\(request.url) has \(object.size) bytes, and those from \(range.lowerBound) on were asked for")
        }
        let part = (range ?? 0..<object.size).clamped(to: 0..<object.size)
        (answer.offset, answer.length) = (part.lowerBound, Int64(part.count))
        return answer
    }

    private func put(_ request: ObjectRequest, _ bucket: S3Bucket, _ place: ObjectPlace) async throws -> ObjectAnswer {
        let file = try LocalFile(request.path, forWriting: false)
        defer { file.end() }
        let description = S3Description(
            contentType: request.contentType, metadata: request.metadata ?? [:], encryption: request.encryption)
        let outcome = try await bucket.upload(
            0..<(try file.size()), of: file.descriptor, as: place.name, description, request.overwrite == false ? .ifAbsent : .always)
        var answer = ObjectAnswer(id: request.id)
        answer.stored = outcome == .stored
        return answer
    }

    /// Sends all pages but the last, which is the answer.
    private func list(_ request: ObjectRequest, _ bucket: S3Bucket, _ place: ObjectPlace) async throws -> ObjectAnswer {
        var position: String?
        while true {
            let page = try await bucket.list(place.name, byFolder: request.recursive != true, from: position)
            var answer = ObjectAnswer(id: request.id)
            answer.objects = page.objects.map { ObjectAnswer.Listed(name: $0.key, size: $0.object.size) }
            answer.folders = page.folders
            guard let next = page.next else { return answer }
            position = next
            answer.more = true
            send(answer)
        }
    }
}

/// Where an object is: `s3://bucket/name`, the name as it is.
struct ObjectPlace {
    let bucket: String
    let name: String

    /// - Parameter isPrefix: whether the name may be missing.
    init(_ url: String, isPrefix: Bool) throws {
        guard url.hasPrefix("s3://") else { throw ObjectFault(.badAddress, "'\(url)' does not begin with s3://") }
        let rest = url.dropFirst(5)
        bucket = String(rest.prefix { $0 != "/" })
        name = String(rest.dropFirst(bucket.count).drop { $0 == "/" })
        guard !bucket.isEmpty, isPrefix || !name.isEmpty else {
            throw ObjectFault(.badAddress, "'\(url)' is not s3://bucket/name")
        }
        _ = try S3Address(parsing: "s3://\(bucket)")
    }
}

/// A file of the caller's, open.
private struct LocalFile {
    let descriptor: Int32

    init(_ path: String?, forWriting: Bool) throws {
        guard let path else { throw ObjectFault(.failed, "the request names no file") }
        descriptor = open(path, forWriting ? O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ObjectFault(errno == ENOENT ? .noFile : .failed, "\(path): \(String(cString: strerror(errno)))")
        }
    }

    func size() throws -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ObjectFault(.failed, "only files can be stored")
        }
        return Int64(status.st_size)
    }

    func end() { close(descriptor) }
}

/// A failure as the class `S3` is told it.
struct ObjectFault: Error {
    var kind: ObjectFailure
    var message: String

    init(_ kind: ObjectFailure, _ message: String) {
        self.kind = kind
        self.message = message
    }

    init(_ error: any Error) {
        if let fault = error as? ObjectFault {
            self = fault
            return
        }
        let diagnostic = DiagnosticRenderer.diagnostic(of: error)
        message = ([diagnostic.headline] + diagnostic.details + [diagnostic.help].compactMap { $0 }).joined(separator: "\n")
        switch error as? ObjectStoreError {
        case .refused(_, _, _, "NoSuchBucket", _): kind = .noBucket
        case .refused(_, _, 401, _, _), .refused(_, _, 403, _, _): kind = .denied
        case .refused(_, _, 416, _, _): kind = .badRange
        case .unusableAddress: kind = .badAddress
        case .system(_, _, _, ENOSPC), .system(_, _, _, EDQUOT): kind = .diskFull
        default: kind = .failed
        }
    }
}
