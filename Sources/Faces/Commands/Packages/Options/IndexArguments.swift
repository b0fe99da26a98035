import ArgumentParser
import PackageSources

/// Which package indexes are asked, and how.
struct IndexArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The package index to ask instead of the configured one.", valueName: "url"))
    var indexUrl: String?

    @Option(help: ArgumentHelp("A further index; may be given several times.", valueName: "url"))
    var extraIndexUrl: [String] = []

    @Flag(help: "Use only what is in the cache.")
    var offline = false

    var options: IndexOptions {
        var options = IndexOptions()
        options.indexURL = indexUrl
        options.extraIndexURLs = extraIndexUrl
        options.isOffline = offline
        return options
    }
}
