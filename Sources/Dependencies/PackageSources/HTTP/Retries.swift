/// Repeats attempts that failed for reasons that may pass, with pauses that grow and vary.
struct Retries: Sendable {
    let options: HTTPOptions

    /// Runs `attempt` until it succeeds, fails for good, or has failed too often.
    ///
    /// - Parameter url: for errors, redacted.
    func run<Success>(
        _ url: String, _ attempt: () async throws(AttemptFailure) -> Success
    ) async throws(PackageSourceError) -> Success {
        var count = 1
        while true {
            let pause: Duration
            do throws(AttemptFailure) {
                return try await attempt()
            } catch {
                switch error {
                case .final(let failure): throw failure
                case .rejected(let reason): throw .unreachable(url: url, attempts: count, reason: reason)
                case .passing(let reason, let after):
                    if Task.isCancelled { throw .cancelled }
                    if count > options.retries { throw Self.error(url, reason, attempts: count) }
                    pause = self.pause(before: count, after)
                }
            }
            do { try await options.sleep(pause) } catch { throw .cancelled }
            count += 1
        }
    }

    /// Doubles each time; the second half of it is left to chance, so that many clients do not come back at once.
    private func pause(before retry: Int, _ asked: Duration?) -> Duration {
        let full = options.firstPause * (1 << min(retry - 1, 16))
        let varied = full * (0.5 + options.chance() / 2)
        return min(max(varied, asked ?? .zero), options.longestPause)
    }

    private static func error(_ url: String, _ reason: AttemptFailure.Reason, attempts: Int) -> PackageSourceError {
        switch reason {
        case .status(let code): .status(url: url, code: code, attempts: attempts)
        case .network(let text): .unreachable(url: url, attempts: attempts, reason: text)
        }
    }
}
