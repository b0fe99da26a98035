import Diagnostics
import PackageSources

/// One question to a service that lends keys, asked again when it may help.
struct LendingExchange: Sendable {
    let connections: HTTPConnections
    let options: HTTPOptions
    /// The service, for messages.
    let name: String
    /// Attempts in all.
    var attempts = 3

    /// No such answer is longer, in bytes.
    private static let limit = 1 << 20

    enum Outcome: Sendable {
        case answer(status: Int, body: [UInt8])
        /// There was no answer; in words.
        case silence(String)
    }

    /// The answer, whatever its status; those of a service that is in trouble only in the end.
    func ask(_ call: HTTPCall, _ url: String) async throws(CredentialError) -> Outcome {
        guard let address = IndexAddress(parsing: url), ["http", "https"].contains(address.scheme) else {
            throw .source(name: name, problem: "its address is neither http nor https")
        }
        var outcome = Outcome.silence("no attempt was made")
        for attempt in 1...attempts {
            do throws(AttemptFailure) {
                let answer = try await connections.send(call, to: address, .downloads)
                outcome = .answer(status: answer.status, body: try await answer.bytes(limit: Self.limit))
                if answer.status < 500, answer.status != 429 { return outcome }
            } catch {
                switch error {
                case .passing(.network(let words), _): outcome = .silence(words)
                case .passing(.status(let status), _): outcome = .answer(status: status, body: [])
                case .rejected(let words): return .silence(words)
                case .final(.cancelled): throw .cancelled
                case .final(let failure): throw .source(name: name, problem: failure.diagnostic.headline)
                }
            }
            if attempt < attempts {
                do { try await options.sleep(options.firstPause * (1 << (attempt - 1))) } catch { throw .cancelled }
            }
        }
        return outcome
    }
}
