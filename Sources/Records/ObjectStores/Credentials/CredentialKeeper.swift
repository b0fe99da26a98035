/// Has the keys ready, and gets new ones before those that are lent run out. Many that want new ones share one fetch.
actor CredentialKeeper {
    /// Keys are replaced when they serve for less than this, in seconds.
    private static let early: Int64 = 300
    /// And not used any more when they serve for less than this.
    private static let last: Int64 = 15
    /// Keys that are younger than this are not replaced by others that may serve longer.
    private static let young: Int64 = 600

    private let find: @Sendable () throws(CredentialError) -> CredentialOrigin
    private let fetch: @Sendable (CredentialOrigin) async throws(CredentialError) -> AWSCredentials
    private let now: @Sendable () -> Int64
    private var known: AWSCredentials?
    /// When those were got, in seconds since 1970.
    private var since: Int64 = 0
    private var flight: Task<Result<AWSCredentials, CredentialError>, Never>?

    /// - Parameters:
    ///   - find: where keys come from, by variables and files as they are now.
    ///   - fetch: gets them from there.
    ///   - now: seconds since 1970.
    init(
        find: @escaping @Sendable () throws(CredentialError) -> CredentialOrigin,
        fetch: @escaping @Sendable (CredentialOrigin) async throws(CredentialError) -> AWSCredentials,
        now: @escaping @Sendable () -> Int64
    ) {
        self.find = find
        self.fetch = fetch
        self.now = now
    }

    /// Keys that serve now.
    func credentials() async throws(CredentialError) -> AWSCredentials {
        guard let known, known.serve(at: now(), spare: Self.early) else {
            let spare = self.known
            do throws(CredentialError) {
                return try await fetched()
            } catch {
                // A service that is not there for a moment is no matter while the old keys serve.
                if let spare, spare.serve(at: now(), spare: Self.last) { return spare }
                throw error
            }
        }
        return known
    }

    /// Keys for what has to last: those that serve for a shorter time are replaced, if they are not young.
    ///
    /// - Parameter lasting: in seconds.
    func credentials(lasting: Int64) async throws(CredentialError) -> AWSCredentials {
        if let known, !known.serve(at: now(), spare: lasting), now() - since >= Self.young {
            do throws(CredentialError) { return try await fetched() } catch {}
        }
        return try await credentials()
    }

    /// Other keys than those, which the service does not take any more.
    ///
    /// - Throws: `.expired` when there are no others.
    func credentials(after refused: AWSCredentials) async throws(CredentialError) -> AWSCredentials {
        if let known, known != refused, known.serve(at: now(), spare: Self.early) { return known }
        let fresh = try await fetched()
        guard fresh != refused else { throw .expired(origin: (try? find())?.name ?? "this machine") }
        return fresh
    }

    private func fetched() async throws(CredentialError) -> AWSCredentials {
        let flight = self.flight ?? Task { [find, fetch] in
            do throws(CredentialError) {
                return .success(try await fetch(try find()))
            } catch {
                return .failure(error)
            }
        }
        self.flight = flight
        let result = await flight.value
        // Whoever comes first puts it away; a later flight is another one.
        if self.flight == flight {
            self.flight = nil
            if case .success(let credentials) = result {
                known = credentials
                since = now()
            }
        }
        return try result.get()
    }
}
