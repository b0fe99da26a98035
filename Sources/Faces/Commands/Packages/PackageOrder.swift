import Lockfiles
import PackageSources
import PythonPackaging
import Resolution

/// Everything that a command says about what is to be resolved.
struct PackageOrder: Sendable {
    var sources: RequestSources
    var index: IndexArguments
    /// The options, given those of the files or of a lock.
    var resolution: ResolutionArguments
    /// As they were named; this machine's where nothing is said.
    var pythons: [String] = []
    var platforms: [String] = []
    /// Whether only this machine counts, whatever the files are for.
    var isForThisMachine = false
    /// What is asked of conda beside what the files say.
    var conda = CondaArguments.nothing
    /// The lock that is there already: what the order does not say is kept from it.
    var earlier: PyLock?
    var upgrade = VersionUpgrade.none
    /// Whether everything has to have its version and hash already.
    var isPinned = false
    /// The folder that the lock will lie in.
    var folder: String?
}

/// An order whose files were read: what is asked, and how.
struct ReadFiles: Sendable {
    /// With what the options ask of conda.
    var read: ReadRequest
    var options: ResolutionOptions
    var index: IndexOptions

    /// What a lock says beside the answers.
    func context(indexes: [String], folder: String?) -> LockContext {
        var context = LockContext()
        context.indexStrategy = index.strategy.flatMap { $0 == .firstIndex ? nil : $0.rawValue }
        context.options = options
        context.indexes = indexes
        context.folder = folder
        return context
    }
}
