import Digests
import Interpreters
import SystemPackage

/// What an environment is made of. Its parts are worked out only if it has to be built.
struct EnvironmentRequest: Sendable {
    /// Puts the file of the order with this index at a path, checked.
    typealias Fetch = @Sendable (_ order: Int, _ path: FilePath) async throws -> Void

    var interpreter: Interpreter
    var digest: SHA256Digest
    /// In the order in which a later one wins where two have the same file.
    var orders: @Sendable () throws(EnvironmentError) -> [WheelOrder]
    /// Readies the fetching; called only if a wheel is missing.
    var openFetching: @Sendable () async throws -> Fetch

    /// Environments that are laid out in another way have other addresses.
    private static let layoutVersion = 1

    /// The address of an environment: what is in it, on which interpreter, laid out how.
    static func digest(ofLock lock: SHA256Digest, interpreter: Interpreter) -> SHA256Digest {
        SHA256Digest(hashing: "penstock environment \(layoutVersion)\n\(lock)\n\(interpreter.identity)")
    }
}
