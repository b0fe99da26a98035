public import Lockfiles
internal import PythonPackaging

extension ResolutionOptions {
    /// The options that a lock was made with, as far as it tells; the default ones without a lock.
    public init(asIn origin: LockOrigin?) {
        self.init()
        guard let origin else { return }
        excludeNewer = origin.excludeNewer
        if let words = origin.settings["prerelease"], let policy = Prereleases(rawValue: words) { prereleases = policy }
        if let words = origin.settings["resolution"], let policy = Strategy(rawValue: words) { strategy = policy }
        if let words = origin.settings["no-build"] { builds.neverBuilt = .init(words: words) }
        if let words = origin.settings["no-binary"] { builds.alwaysBuilt = .init(words: words) }
    }
}

extension BuildPolicy.Packages {
    /// `:all:`, or names with commas; what is no name is left out.
    fileprivate init(words: String) {
        guard words != ":all:" else {
            self = .all
            return
        }
        self = .these(Set(words.split(separator: ",").compactMap { try? PackageName(parsing: $0) }))
    }
}
