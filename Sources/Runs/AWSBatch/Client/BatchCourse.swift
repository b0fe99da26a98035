import Clusters
import ObjectStores
import PackageSources

/// Why there is no answer that serves.
enum BatchFault: Error, Sendable {
    /// What can be done only once may have been done, or not.
    case lost(String)
    /// - Parameter refusal: what Batch said, if it said something.
    case failed(ClusterError, refusal: BatchRefusal?)

    var error: ClusterError {
        switch self {
        case .lost(let words): BatchExecutor.error(.unreachable, "AWS Batch took a request, and its answer was lost", details: [words])
        case .failed(let error, _): error
        }
    }
}

/// Decides what follows an attempt that failed: the state of one call over all of its attempts.
struct BatchCourse {
    /// Why one attempt gave nothing.
    enum Interruption {
        /// No answer came; in words.
        case silence(String)
        /// The answer cannot be understood.
        case garbled
        case refusal(BatchRefusal)
    }

    enum Step {
        case again(after: Duration)
        case renewCredentials
        case clock(Int64)
        case fail(BatchFault)
    }

    /// Attempts in all.
    static let most = 8
    private static let firstPause = Duration.milliseconds(500)
    private static let longestPause = Duration.seconds(20)

    let call: BatchCall
    /// The service, for errors.
    let origin: String
    let options: HTTPOptions
    private var attempts = 0
    private var garbled = 0
    private var hasRenewed = false
    private var hasSetClock = false

    init(_ call: BatchCall, origin: String, options: HTTPOptions) {
        self.call = call
        self.origin = origin
        self.options = options
    }

    mutating func next(after interruption: Interruption) -> Step {
        attempts += 1
        switch interruption {
        case .silence(let words): return again(words)
        case .garbled:
            garbled += 1
            let words = "its answer to \(call.operation) makes no sense"
            if call.isRepeatable, garbled < 3 { return again(words) }
            guard call.isRepeatable else { return .fail(.lost(words)) }
            let error = BatchExecutor.error(.garbled, "AWS Batch at \(origin) is not to be understood: \(words)")
            return .fail(.failed(error, refusal: nil))
        case .refusal(let refusal): return next(refusal)
        }
    }

    private mutating func next(_ refusal: BatchRefusal) -> Step {
        switch refusal.kind {
        case .throttled: return pause(refusal.retryAfter) ?? .fail(unreachable(refusal.words, refusal))
        case .trouble: return again(refusal.words, after: refusal.retryAfter)
        case .expired where !hasRenewed:
            hasRenewed = true
            return .renewCredentials
        case .skewedClock where !hasSetClock && refusal.serverTime != nil:
            hasSetClock = true
            return .clock(refusal.serverTime ?? 0)
        case .expired:
            return fail(
                refusal, .forbidden, "the credentials for AWS Batch have expired", help: "get new ones, then run the command again")
        case .skewedClock:
            return fail(
                refusal, .forbidden, "AWS Batch does not take the request for one of now",
                help: "set the clock of this machine, or let the operating system do it (NTP)")
        case .unknownCredentials:
            return fail(
                refusal, .forbidden, "AWS does not accept the credentials",
                help: "look at AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and at the region")
        case .forbidden:
            return fail(
                refusal, .forbidden, "AWS does not let you \(call.purpose)",
                help: "the IAM policy of your user or role has to allow batch:\(call.operation)")
        case .refused: return fail(refusal, .refused, "AWS Batch refused to \(call.purpose)", help: nil)
        }
    }

    private func fail(_ refusal: BatchRefusal, _ fault: ClusterError.Fault, _ message: String, help: String?) -> Step {
        .fail(.failed(BatchExecutor.error(fault, message, details: [refusal.words], help: help), refusal: refusal))
    }

    private func again(_ words: String, after asked: Duration? = nil) -> Step {
        guard call.isRepeatable else { return .fail(.lost(words)) }
        return pause(asked) ?? .fail(unreachable(words, nil))
    }

    /// A pause anywhere between nothing and a bound that doubles each time, so that many who were turned away together do not come
    /// back together; `nil` after the last attempt.
    private func pause(_ asked: Duration?) -> Step? {
        guard attempts < Self.most else { return nil }
        let bound = min(Self.firstPause * (1 << min(attempts - 1, 10)), Self.longestPause)
        return .again(after: min(max(bound * options.chance(), asked ?? .zero), options.longestPause))
    }

    private func unreachable(_ words: String, _ refusal: BatchRefusal?) -> BatchFault {
        .failed(
            BatchExecutor.error(
                .unreachable, "AWS Batch at \(origin) did not \(call.purpose) in \(attempts) attempts", details: [words]),
            refusal: refusal)
    }
}
