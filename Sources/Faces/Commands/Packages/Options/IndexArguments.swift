public import ArgumentParser
public import PackageSources
import PythonPackaging

/// Which package indexes are asked, and how.
struct IndexArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The package index to ask instead of the configured one.", valueName: "url"))
    var indexUrl: String?

    @Option(help: ArgumentHelp("A further index; may be given several times.", valueName: "url"))
    var extraIndexUrl: [String] = []

    @Option(
        help: """
            Which of several indexes may answer for a project: the first that knows it, all with the first preferred, or \
            all with the best version.
            """)
    var indexStrategy: IndexStrategy?

    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("A folder or page of files to look at beside the indexes; may be repeated.", valueName: "place"),
        completion: .directory)
    var findLinks: [String] = []

    @Flag(help: "Ask no index, look only at --find-links.")
    var noIndex = false

    @Flag(help: "Use only what is in the cache.")
    var offline = false

    @Flag(help: "Ask anew, whatever the cache has.")
    var refresh = false

    @Option(
        help: ArgumentHelp("Ask anew about this package; may be given several times.", valueName: "package"),
        transform: { try PackageName(argument: $0) })
    var refreshPackage: [PackageName] = []

    @Option(help: "Where passwords come from that stand nowhere else; subprocess is the command keyring.")
    var keyringProvider: KeyringProvider?

    /// What is said here; `base` is what files say, over which it comes.
    func options(over base: IndexOptions = IndexOptions()) -> IndexOptions {
        var options = IndexOptions()
        options.indexURL = indexUrl
        options.extraIndexURLs = extraIndexUrl
        options.strategy = indexStrategy
        options.findLinks = findLinks
        options.ignoresIndexes = noIndex
        options.isOffline = offline
        options.refresh = refresh ? .all : refreshPackage.isEmpty ? .none : .packages(Set(refreshPackage))
        options.keyring = keyringProvider
        options.add(base)
        return options
    }
}

extension IndexStrategy: ExpressibleByArgument {}
extension KeyringProvider: ExpressibleByArgument {}
