package import ObjectStores

/// Asks a datastore again for a while that does not answer.
package struct Persistence: Sendable {
    /// How long, at least.
    package var patience: Duration
    /// Waits; throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    package init(patience: Duration) { self.patience = patience }

    /// - Throws: the last error, at once where trying again cannot help.
    package func callAsFunction<Value: Sendable>(
        _ work: @Sendable () async throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        var (waited, pause) = (Duration.zero, Duration.seconds(1))
        while true {
            do throws(ObjectStoreError) {
                return try await work()
            } catch {
                guard error.mayPass, waited < patience else { throw error }
                do { try await sleep(pause) } catch { throw .cancelled }
                waited += pause
                pause = min(pause * 2, .seconds(15))
            }
        }
    }
}

extension ObjectStoreError {
    /// Whether the same may succeed later.
    var mayPass: Bool {
        switch self {
        case .unreachable, .damaged: true
        // Permissions, a read-only file system, names that cannot be: EPERM, EACCES, ENOTDIR, EROFS, ENAMETOOLONG, ELOOP.
        case .system(_, _, _, let code): ![1, 13, 20, 30, 36, 40].contains(code)
        case .unusableKey, .unusableAddress, .shortInput, .refused, .credentials, .offline, .cancelled: false
        }
    }
}
