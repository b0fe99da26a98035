import ArgumentParser
import PackageSources

/// Which package indexes are asked, and how.
struct IndexArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The package index to ask instead of the configured one.", valueName: "url"))
    var indexUrl: String?

    @Option(help: ArgumentHelp("A further index; may be given several times.", valueName: "url"))
    var extraIndexUrl: [String] = []

    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("A folder or page of files to look at beside the indexes; may be repeated.", valueName: "place"),
        completion: .directory)
    var findLinks: [String] = []

    @Flag(help: "Ask no index, look only at --find-links.")
    var noIndex = false

    @Flag(help: "Use only what is in the cache.")
    var offline = false

    /// What is said here; `base` is what files say, over which it comes.
    func options(over base: IndexOptions = IndexOptions()) -> IndexOptions {
        var options = base
        options.indexURL = indexUrl ?? base.indexURL
        options.extraIndexURLs = extraIndexUrl + base.extraIndexURLs
        options.findLinks = findLinks + base.findLinks
        options.ignoresIndexes = noIndex || base.ignoresIndexes
        options.isOffline = offline || base.isOffline
        return options
    }
}
