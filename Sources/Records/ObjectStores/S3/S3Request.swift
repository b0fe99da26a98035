import Diagnostics
import PackageSources

/// A question to S3, before it is signed.
struct S3Request: Sendable {
    var method: String
    var bucket: String
    /// As it is, not encoded; empty for the bucket itself.
    var key = ""
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: S3Body?
    /// The bucket's address, for errors.
    var store: String { S3Address.text(bucket) }
    /// The statuses of the answers that were hoped for.
    var expected: Set<Int> = [200]
}

/// What came of a request.
enum S3Reply<Success: Sendable>: Sendable {
    case done(Success)
    /// The service's last word. An earlier attempt may have been heard although its answer was not: then it may be done.
    case refused(S3Failure, S3Failure.Remedy, mayBeDone: Bool)
}

/// Why one attempt gave nothing.
enum S3Interruption: Error {
    case network(AttemptFailure)
    case failure(S3Failure)
    /// What came does not fit together; in words.
    case damaged(String)
    /// Something of this machine: another attempt would not help.
    case local(ObjectStoreError)
}

/// Decides what follows an attempt that failed: the state of one request over all of its attempts.
struct S3Course: Sendable {
    /// What to do next.
    enum Step {
        /// Ask again after this pause, or longer.
        case again(after: Duration)
        case renewCredentials
        case region(String)
        case redirect(String)
        case clock(Int64)
        /// Hand the answer to the caller.
        case answer(S3Failure, S3Failure.Remedy)
        case fail(ObjectStoreError)
    }

    let options: HTTPOptions
    let retries: Int
    /// The address of the store, for errors.
    let store: String
    let key: String?
    /// Attempts so far that may have been heard.
    private(set) var attempts = 0
    private(set) var mayBeDone = false
    private var hasRenewed = false
    private var hasSetClock = false
    private var moves = 0

    init(options: HTTPOptions, retries: Int, store: String, key: String?) {
        self.options = options
        self.retries = retries
        self.store = store
        self.key = key
    }

    mutating func next(after interruption: S3Interruption, region: String) -> Step {
        attempts += 1
        switch interruption {
        case .local(let error): return .fail(error)
        case .damaged(let reason): return again(after: nil) ?? .fail(.damaged(store: store, key: key, reason: reason))
        case .network(let failure): return next(failure)
        case .failure(let failure): return next(failure, failure.remedy(region: region))
        }
    }

    private mutating func next(_ failure: AttemptFailure) -> Step {
        switch failure {
        case .passing(let reason, let after):
            mayBeDone = true
            return again(after: after) ?? .fail(unreachable(Self.words(reason)))
        case .rejected(let words): return .fail(unreachable(words))
        case .final(.cancelled): return .fail(.cancelled)
        case .final(let error): return .fail(unreachable(error.diagnostic.headline))
        }
    }

    private mutating func next(_ failure: S3Failure, _ remedy: S3Failure.Remedy) -> Step {
        switch remedy {
        case .retry:
            if failure.status >= 500 { mayBeDone = true }
            return again(after: failure.retryAfter) ?? .fail(unreachable(Self.words(failure)))
        case .renewCredentials where !hasRenewed:
            hasRenewed = true
            return .renewCredentials
        case .clock where !hasSetClock:
            guard let time = failure.serverTime else { break }
            hasSetClock = true
            return .clock(time)
        case .region(let region) where moves < 3:
            moves += 1
            return .region(region)
        case .redirect(let location) where moves < 3:
            moves += 1
            return .redirect(location)
        default: break
        }
        return .answer(failure, remedy)
    }

    /// A pause that doubles each time, the second half of it left to chance; `nil` after the last attempt.
    private func again(after asked: Duration?) -> Step? {
        guard attempts <= retries else { return nil }
        let full = options.firstPause * (1 << min(attempts - 1, 8))
        let varied = full * (0.5 + options.chance() / 2)
        return .again(after: min(max(varied, asked ?? .zero), options.longestPause))
    }

    private func unreachable(_ reason: String) -> ObjectStoreError {
        .unreachable(store: store, key: key, attempts: attempts, reason: reason)
    }

    private static func words(_ reason: AttemptFailure.Reason) -> String {
        switch reason {
        case .status(let status): "the service answered \(status)"
        case .network(let words): words
        }
    }

    private static func words(_ failure: S3Failure) -> String {
        let said = [failure.code, failure.message].compactMap { $0 }.joined(separator: ": ")
        return "the service answered \(failure.status)" + (said.isEmpty ? "" : " (\(said))")
    }
}
