/// How long ago something was, for a person: `now`, `5 min ago`, `3 h ago`, `12 days ago`.
///
/// What is said to be in the future was written by a clock that was wrong; it counts as now.
struct AgeText: CustomStringConvertible {
    let description: String

    /// - Parameter seconds: since then.
    init(seconds: Int64) {
        description =
            switch seconds {
            case ..<60: "now"
            case ..<3600: "\(seconds / 60) min ago"
            case ..<(2 * 86_400): "\(seconds / 3600) h ago"
            default: "\(seconds / 86_400) days ago"
            }
    }
}
