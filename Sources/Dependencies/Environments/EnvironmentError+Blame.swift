import CondaChannels
import PackageSources

extension EnvironmentError {
    /// Whether the files that a lock names are not what it says: another resolution may find better ones.
    package var blamesTheLock: Bool {
        switch self {
        case .refused: return true
        case .notFetched(_, let cause):
            var cause = cause
            if case .archive(_, _, let reason)? = cause as? CondaChannelError { cause = reason }
            switch cause as? PackageSourceError {
            case .digestMismatch, .sizeMismatch: return true
            default: return false
            }
        default: return false
        }
    }
}
