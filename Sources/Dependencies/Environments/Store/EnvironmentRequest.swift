package import Digests
package import Interpreters
package import Lockfiles
package import PackageSources
package import SystemPackage

/// What an environment is made of. Its parts are worked out only if it has to be built.
package struct EnvironmentRequest: Sendable {
    /// Puts the file of an order at a path, checked. The follower, if there is one, may look at it before that.
    package typealias Fetch = @Sendable (
        _ order: WheelOrder, _ path: FilePath, _ follower: (any DownloadFollower)?
    ) async throws -> Void

    package var interpreter: Interpreter
    package var digest: SHA256Digest
    /// What is recorded in the environment: its lock, and the folder that paths in it begin in.
    package var lock: PyLock?
    package var folder: FilePath?
    /// In the order in which a later one wins where two have the same file.
    package var orders: @Sendable () async throws(EnvironmentError) -> [WheelOrder]
    /// Readies the fetching; called only if a wheel is missing.
    package var openFetching: @Sendable () async throws -> Fetch

    package init(
        interpreter: Interpreter, digest: SHA256Digest,
        orders: @escaping @Sendable () async throws(EnvironmentError) -> [WheelOrder],
        openFetching: @escaping @Sendable () async throws -> Fetch
    ) {
        self.interpreter = interpreter
        self.digest = digest
        self.orders = orders
        self.openFetching = openFetching
    }

    /// Environments that are laid out in another way have other addresses.
    private static let layoutVersion = 1

    /// The address of an environment: what is in it, on which interpreter, laid out how.
    ///
    /// - Parameter contents: what folders that are installed hold at the moment, in the order of the lock.
    package static func digest(
        ofLock lock: SHA256Digest, interpreter: Interpreter, contents: [SHA256Digest] = []
    ) -> SHA256Digest {
        let rest = contents.map { "\n\($0)" }.joined()
        return SHA256Digest(hashing: "penstock environment \(layoutVersion)\n\(lock)\n\(interpreter.identity)\(rest)")
    }
}
