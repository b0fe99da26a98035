import Archives
import AsyncHTTPClient
import Diagnostics
import Digests
import NIOCore
import SystemPackage

/// Fetches files to disk, hashing them as they come; a download that breaks off is continued where it stopped.
struct Downloader: Sendable {
    private let transport: HTTPTransport
    private let options: HTTPOptions
    private let cache: CacheDirectory
    private let progress: ProgressSink
    private let limit: HostLimits

    /// Bytes that are hashed and written at once.
    private static let batch = 512 << 10

    init(_ transport: HTTPTransport, _ options: HTTPOptions, _ cache: CacheDirectory, _ progress: @escaping ProgressSink) {
        self.transport = transport
        self.options = options
        self.cache = cache
        self.progress = progress
        limit = HostLimits(options.concurrentDownloads)
    }

    /// What is to be fetched.
    struct Order: Sendable {
        var url: String
        var sha256: SHA256Digest?
        var size: Int64?
        /// More bytes than this are not read.
        var longest: Int64?
        /// Headers that let the server say that what is kept is current (status 304).
        var conditions: [(String, String)] = []
        /// Looks at the file while it comes.
        var follower: (any DownloadFollower)?
    }

    /// What came of an order.
    struct Result: Sendable {
        /// `nil` if what is kept is current.
        var sha256: SHA256Digest?
        /// In bytes.
        var count: Int64
        var answer: HTTPAnswer
    }

    func download(
        _ url: String, sha256: SHA256Digest?, size: Int64?, to destination: FilePath,
        follower: (any DownloadFollower)? = nil
    ) async throws(PackageSourceError) -> SHA256Digest {
        let order = Order(url: url, sha256: sha256, size: size, follower: follower)
        let result = try await fetch(order, beside: destination) { _ throws(PackageSourceError) in destination }
        guard let digest = result.sha256 else {
            throw .unreachable(url: redacting(url), attempts: 1, reason: "it sent no file")
        }
        return digest
    }

    /// - Parameters:
    ///   - draft: a path in the folder in which the file is written at first.
    ///   - place: where the complete file goes, on the same disk; blocks.
    func fetch(
        _ order: Order, beside draft: FilePath,
        _ place: @escaping @Sendable (SHA256Digest) throws(PackageSourceError) -> FilePath
    ) async throws(PackageSourceError) -> Result {
        try await limit.run(for: order.url) { () async throws(PackageSourceError) in
            let file = try await BlockingWork.run { () throws(PackageSourceError) in
                try DownloadFile(cache.temporaryName(beside: draft), follower: order.follower)
            }
            // Whatever happens from here on: the file gets its name, or goes when `file` does.
            let answer = try await Retries(options: options).run(redacting(order.url)) {
                () async throws(AttemptFailure) in try await attempt(order, file)
            }
            if answer.status == 304 { return Result(sha256: nil, count: 0, answer: answer) }
            let (found, count) = file.result
            if let size = order.size, size != count {
                throw .sizeMismatch(url: redacting(order.url), expected: size, found: count)
            }
            if let sha256 = order.sha256, sha256 != found {
                throw .digestMismatch(url: redacting(order.url), expected: sha256, found: found)
            }
            try await BlockingWork.run { () throws(PackageSourceError) in try file.publish(as: try place(found)) }
            progress(.advanced(.downloading, items: 1, bytes: 0))
            return Result(sha256: found, count: count, answer: answer)
        }
    }

    private func attempt(_ order: Order, _ file: DownloadFile) async throws(AttemptFailure) -> HTTPAnswer {
        let url = order.url
        var headers = [("Accept-Encoding", "identity")]
        let start = file.resumableCount(isHashKnown: order.sha256 != nil)
        var expected: Set = [200]
        if start > 0 {
            headers.append(("Range", "bytes=\(start)-"))
            if let validator = file.validator { headers.append(("If-Range", validator)) }
            expected.insert(206)
        } else if !order.conditions.isEmpty {
            headers += order.conditions
            expected.insert(304)
        }
        let answer = try await transport.get(url, headers, .downloads)
        if answer.status == 416, start > 0 {
            file.restart()
            throw .passing(.network("the server could not continue the download"), after: nil)
        }
        if let failure = answer.failure(expected: expected) { throw failure }
        if answer.status == 304 { return answer }
        try begin(answer, at: start, file)
        try check(order, file.count + (answer.contentLength ?? 0), isComplete: answer.contentLength != nil)
        try await receive(answer, order, file)
        return answer
    }

    private func begin(_ answer: HTTPAnswer, at start: Int64, _ file: DownloadFile) throws(AttemptFailure) {
        if answer.status == 206, let span = WheelRanges.span(answer.header("content-range")) {
            if Int64(clamping: span.range.lowerBound) == start { return }
            file.restart()
            throw .passing(.network("the server continued the download at another place"), after: nil)
        }
        file.restart()
        // Only a strong tag says that bytes are the same.
        file.validator = answer.header("etag").flatMap { $0.hasPrefix("W/") ? nil : $0 }
    }

    /// A file that is longer or shorter than promised need not be read to its end.
    private func check(_ order: Order, _ count: Int64, isComplete: Bool) throws(AttemptFailure) {
        if let longest = order.longest, count > longest { throw .final(.tooLarge(url: redacting(order.url), limit: longest)) }
        guard let size = order.size, count > size || (isComplete && count != size) else { return }
        throw .final(.sizeMismatch(url: redacting(order.url), expected: size, found: count))
    }

    private func receive(
        _ answer: HTTPAnswer, _ order: Order, _ file: DownloadFile
    ) async throws(AttemptFailure) {
        var pending: [ByteBuffer] = []
        var pendingCount = 0
        var pace = Pace(window: answer.timeout)
        do {
            for try await part in answer.body {
                pending.append(part)
                try pace.advance(part.readableBytes)
                pendingCount += part.readableBytes
                if pendingCount >= Self.batch {
                    try await flush(&pending, &pendingCount, to: file)
                    if let size = order.size, file.count > size {
                        throw PackageSourceError.sizeMismatch(url: redacting(order.url), expected: size, found: file.count)
                    }
                    if let longest = order.longest, file.count > longest {
                        throw PackageSourceError.tooLarge(url: redacting(order.url), limit: longest)
                    }
                }
            }
            try await flush(&pending, &pendingCount, to: file)
        } catch let error as PackageSourceError {
            throw .final(error)
        } catch {
            let failure = error
            // What has come counts for the next attempt.
            do { try await flush(&pending, &pendingCount, to: file) } catch { throw .final(error) }
            throw (failure as? AttemptFailure) ?? AttemptFailure(failure)
        }
    }

    private func flush(
        _ pending: inout [ByteBuffer], _ count: inout Int, to file: DownloadFile
    ) async throws(PackageSourceError) {
        guard count > 0 else { return }
        let batch = pending
        try await BlockingWork.run { () throws(PackageSourceError) in try file.append(batch) }
        progress(.advanced(.downloading, items: 0, bytes: Int64(count)))
        pending.removeAll(keepingCapacity: true)
        count = 0
    }
}

// MARK: Files of this machine

extension Downloader {
    /// Copies a file, checked.
    func copy(
        _ source: FilePath, sha256: SHA256Digest?, size: Int64?, to destination: FilePath,
        follower: (any DownloadFollower)? = nil
    ) async throws(PackageSourceError) -> SHA256Digest {
        let url = FileURL.url(source)
        let (found, count) = try await BlockingWork.run { () throws(PackageSourceError) in
            let file = try DownloadFile(cache.temporaryName(beside: destination), follower: follower)
            var failure: PackageSourceError?
            try FileReading.forEachChunk(of: source) { bytes in
                guard failure == nil else { return }
                do throws(PackageSourceError) { try file.append(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
            let (found, count) = file.result
            if let size, size != count { throw .sizeMismatch(url: url, expected: size, found: count) }
            if let sha256, sha256 != found { throw .digestMismatch(url: url, expected: sha256, found: found) }
            try file.publish(as: destination)
            return (found, count)
        }
        progress(.advanced(.downloading, items: 1, bytes: count))
        return found
    }

    /// A file where it lies, with its hash.
    func hash(_ path: FilePath) async throws(PackageSourceError) -> FetchedArchive {
        try await BlockingWork.run { () throws(PackageSourceError) in
            var hasher = SHA256Hasher()
            var count: Int64 = 0
            try FileReading.forEachChunk(of: path) { bytes in
                hasher.update(bytes)
                count += Int64(bytes.count)
            }
            return FetchedArchive(path: path, sha256: hasher.finalize(), size: count)
        }
    }
}
