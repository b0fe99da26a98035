import Diagnostics

/// Fetches from package indexes: with the credentials that are known for an address, and along redirects.
final class HTTPTransport: Sendable {
    private let connections: HTTPConnections
    private let credentials: CredentialStore

    init(_ configuration: IndexConfiguration, _ options: HTTPOptions, _ progress: @escaping ProgressSink) {
        connections = HTTPConnections(configuration, options)
        credentials = CredentialStore(configuration, progress)
    }

    /// Ends all connections; requests under way fail. Does nothing when called again.
    func shutdown() async { await connections.shutdown() }

    /// Sends a GET request, follows redirects, and returns when the head of the answer is there.
    ///
    /// - Throws: `AttemptFailure`, for this one attempt.
    func get(
        _ url: String, _ headers: [(String, String)], _ purpose: HTTPConnections.Purpose
    ) async throws(AttemptFailure) -> HTTPAnswer {
        guard var address = IndexAddress(parsing: url), !address.isFile, address.isFetchable else {
            throw .final(.redirect(url: redacting(url), reason: "it is not an https or http address"))
        }
        for _ in 0..<10 {
            let answer = try await answer(from: address, headers, purpose)
            guard answer.isRedirect else { return answer }
            address = try await answer.target()
        }
        throw .final(.redirect(url: address.redacted, reason: "the server redirects without end"))
    }

    /// One answer; a server that wants credentials is asked once more if there are any that were not sent.
    private func answer(
        from address: IndexAddress, _ headers: [(String, String)], _ purpose: HTTPConnections.Purpose
    ) async throws(AttemptFailure) -> HTTPAnswer {
        let call = HTTPCall("GET", headers)
        let first = await credentials.credentials(for: address)
        let answer = try await connections.send(call, to: address, purpose, credentials: first)
        guard answer.status == 401, let second = await credentials.credentials(for: address, after: first) else {
            return answer
        }
        await answer.discard()
        return try await connections.send(call, to: address, purpose, credentials: second)
    }
}
