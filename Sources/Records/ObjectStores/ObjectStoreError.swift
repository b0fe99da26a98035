package import Diagnostics

/// Why an object could not be stored or fetched. No case holds a secret; `store` is `ObjectStore.address`.
package enum ObjectStoreError: DiagnosticError, Equatable {
    /// A name that cannot be one of an object.
    case unusableKey(String)
    /// The address of a store is none; the text says why.
    case unusableAddress(String, reason: String)
    /// The operating system refused; `code` is an `errno`.
    case system(store: String, path: String, operation: String, code: Int32)
    /// A file to be stored has fewer bytes than was said.
    case shortInput(store: String, key: String)
    /// The store cannot be reached after so many attempts.
    case unreachable(store: String, key: String?, attempts: Int, reason: String)
    /// The store refused: no permission, no such bucket, expired credentials. Trying again does not help.
    case refused(store: String, key: String?, status: Int, code: String?, message: String?)
    /// There are no credentials, or they cannot be had; the text says where was looked and what is wrong.
    case credentials(store: String, reason: String)
    /// What came does not fit together: too short, another checksum, not the store's format.
    case damaged(store: String, key: String?, reason: String)
    /// The network is not to be used.
    case offline(store: String)
    case cancelled

    package var diagnostic: Diagnostic { Diagnostic(failureClass, headline, details: details, help: help) }

    private var failureClass: FailureClass {
        switch self {
        case .unusableKey, .unusableAddress, .refused, .credentials, .offline: .user
        case .system, .shortInput, .unreachable, .damaged, .cancelled: .infrastructure
        }
    }

    private var headline: String {
        switch self {
        case .unusableKey(let text): "'\(text)' cannot be the name of an object"
        case .unusableAddress(let text, let reason): "'\(text)' is not the address of a datastore: \(reason)"
        case .system(let store, let path, let operation, let code):
            "\(path) in \(store) could not be used (\(operation): \(systemMessage(code)))"
        case .shortInput(let store, let key): "\(key) cannot be stored in \(store): the file has become shorter"
        case .unreachable(let store, let key, let attempts, let reason):
            "\(Self.place(store, key)) could not be reached in \(attempts) attempt\(attempts == 1 ? "" : "s"): \(reason)"
        case .refused(let store, let key, let status, let code, _):
            "\(Self.place(store, key)) was refused (\(code.map { "\($0), " } ?? "")status \(status))"
        case .credentials(let store, let reason): "there are no usable credentials for \(store): \(reason)"
        case .damaged(let store, let key, let reason): "\(Self.place(store, key)) did not arrive as it should: \(reason)"
        case .offline(let store): "\(store) is needed, but the network is not to be used"
        case .cancelled: "the transfer was cancelled"
        }
    }

    private var details: [String] {
        if case .refused(_, _, _, _, let message?) = self { return ["the server says: \(message)"] }
        return []
    }

    private var help: String? {
        switch self {
        case .unusableKey: "Parts with '/' between them, none of them empty, '.' or '..', without control characters."
        case .refused(_, _, 403, _, _): "Look at the credentials, and at what they are allowed to do in that bucket."
        case .refused(_, _, 404, _, _): "Look at the name of the bucket, and make it if it does not exist."
        case .offline: "Run again without --offline."
        case .unusableAddress, .system, .shortInput, .unreachable, .refused, .credentials, .damaged, .cancelled: nil
        }
    }

    private static func place(_ store: String, _ key: String?) -> String { key.map { "\(store)/\($0)" } ?? store }
}
