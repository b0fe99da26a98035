/// Why there are no keys to ask a service of AWS with. Holds no secret.
package enum CredentialError: Error, Hashable {
    /// Nothing names any.
    case none
    /// A profile is wanted that no file describes.
    case noProfile(String)
    /// A file that names keys, or holds a token, cannot be used.
    case file(path: String, problem: String)
    /// Settings contradict each other or are incomplete; `origin` is the variable or profile.
    case settings(origin: String, problem: String)
    /// A service or a command that lends keys did not.
    case source(name: String, problem: String)
    /// The keys were lent for a time that is over, and there are no newer ones.
    case expired(origin: String)
    case cancelled

    func error(store: String) -> ObjectStoreError {
        self == .cancelled ? .cancelled : .credentials(store: store, reason: words)
    }

    /// One sentence without a period, beginning with a small letter; whom the keys are for comes before it.
    package var words: String {
        switch self {
        case .none:
            "none were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write a profile into ~/.aws/credentials"
        case .noProfile(let name): "no file describes the profile '\(name)'; correct AWS_PROFILE, or add it to ~/.aws/config"
        case .file(let path, let problem): "\(path) cannot be used: \(problem)"
        case .settings(let origin, let problem): "the settings of \(origin) are incomplete: \(problem)"
        case .source(let name, let problem): "\(name) gave none: \(problem)"
        case .expired(let origin): "those of \(origin) have expired; get new ones, then run the command again"
        case .cancelled: "cancelled"
        }
    }
}
