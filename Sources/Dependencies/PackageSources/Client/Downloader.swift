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
    private let limit: ConcurrencyLimit

    /// Bytes that are hashed and written at once.
    private static let batch = 512 << 10

    init(_ transport: HTTPTransport, _ options: HTTPOptions, _ cache: CacheDirectory, _ progress: @escaping ProgressSink) {
        self.transport = transport
        self.options = options
        self.cache = cache
        self.progress = progress
        limit = ConcurrencyLimit(options.concurrentDownloads)
    }

    func download(
        _ url: String, sha256: SHA256Digest?, size: Int64?, to destination: FilePath
    ) async throws(PackageSourceError) -> SHA256Digest {
        try await limit.run { () async throws(PackageSourceError) in
            let file = try await BlockingWork.run { () throws(PackageSourceError) in
                try DownloadFile(cache.temporaryName(beside: destination))
            }
            // Whatever happens from here on: the file gets its name, or goes when `file` does.
            try await Retries(options: options).run(redacting(url)) { () async throws(AttemptFailure) in
                try await attempt(url, sha256, size, file)
            }
            let (found, count) = file.result
            if let size, size != count { throw .sizeMismatch(url: redacting(url), expected: size, found: count) }
            if let sha256, sha256 != found {
                throw .digestMismatch(url: redacting(url), expected: sha256, found: found)
            }
            try await BlockingWork.run { () throws(PackageSourceError) in try file.publish(as: destination) }
            progress(.advanced(.downloading, items: 1, bytes: 0))
            return found
        }
    }

    private func attempt(
        _ url: String, _ sha256: SHA256Digest?, _ size: Int64?, _ file: DownloadFile
    ) async throws(AttemptFailure) {
        var headers = [("Accept-Encoding", "identity")]
        let start = file.resumableCount(isHashKnown: sha256 != nil)
        if start > 0 {
            headers.append(("Range", "bytes=\(start)-"))
            if let validator = file.validator { headers.append(("If-Range", validator)) }
        }
        let answer = try await transport.get(url, headers, .downloads)
        if answer.status == 416, start > 0 {
            file.restart()
            throw .passing(.network("the server could not continue the download"), after: nil)
        }
        if let failure = answer.failure(expected: start > 0 ? [200, 206] : [200]) { throw failure }
        try begin(answer, at: start, file)
        try check(url, size, file.count + (answer.contentLength ?? 0), isComplete: answer.contentLength != nil)
        try await receive(answer, url, size, file)
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
    private func check(
        _ url: String, _ size: Int64?, _ count: Int64, isComplete: Bool
    ) throws(AttemptFailure) {
        guard let size, count > size || (isComplete && count != size) else { return }
        throw .final(.sizeMismatch(url: redacting(url), expected: size, found: count))
    }

    private func receive(
        _ answer: HTTPAnswer, _ url: String, _ size: Int64?, _ file: DownloadFile
    ) async throws(AttemptFailure) {
        var pending: [ByteBuffer] = []
        var pendingCount = 0
        do {
            for try await part in answer.body {
                pending.append(part)
                pendingCount += part.readableBytes
                if pendingCount >= Self.batch {
                    try await flush(&pending, &pendingCount, to: file)
                    if let size, file.count > size {
                        throw PackageSourceError.sizeMismatch(url: redacting(url), expected: size, found: file.count)
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
            throw AttemptFailure(failure)
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
