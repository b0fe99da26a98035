import ArgumentParser
import Environments
import PackageSources

/// `penstock cache prune`: removes what was not used for long.
struct CachePruneCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove what was not used for long, and what ended processes left behind.",
        discussion: """
            What was used longest ago goes first. Unpacked wheels and conda packages go when no environment that stays is made of them. \
            Environments that a run uses are never touched; while another process fetches or builds, only environments and \
            answers of indexes are looked at. Examples:
              penstock cache prune
              penstock cache prune --max-size 10GB --keep-days 90
            """)

    @Option(help: ArgumentHelp("Keep what was used in the last days; 30 if no size is given either.", valueName: "days"))
    var keepDays: Double?

    @Option(
        help: ArgumentHelp("Go on until the cache has at most this size: 500MB, 10GB, 8GiB.", valueName: "size"),
        transform: { try ByteCount(typed: $0).bytes })
    var maxSize: Int64?

    @Flag(name: [.customShort("n"), .long], help: "Remove nothing; tell what would be removed.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if let keepDays, !(keepDays >= 0 && keepDays < 100_000) {
            throw ValidationError("--keep-days is \(keepDays); it must be 0 or more")
        }
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        let cache = try CacheDirectory.discover(environment: session.environment)
        let days = keepDays ?? (maxSize == nil ? 30 : nil)
        let limits = PruningPlan.Limits(keep: days.map { .seconds(Int64($0 * 86_400)) }, size: maxSize)
        let dryRun = dryRun
        let report = try waitingUnlessInterrupted {
            try await CachePruning(cache).prune(limits, isRehearsal: dryRun)
        }
        try PruningOutput(report, isRehearsal: dryRun).tell(isJSON: json, in: session)
        return 0
    }
}

/// `penstock cache clean [KIND…]`: removes everything that nobody uses.
struct CacheCleanCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Remove everything from the cache, or all of some kinds, but what a run uses.")

    @Argument(help: ArgumentHelp("environments, wheels, …; everything if nothing is said.", valueName: "kind"))
    var kinds: [CacheDirectory.Folder] = []

    @Flag(name: [.customShort("n"), .long], help: "Remove nothing; tell what would be removed.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    func perform(in session: StandaloneSession) throws -> Int32 {
        let cache = try CacheDirectory.discover(environment: session.environment)
        let (kinds, dryRun) = (Set(kinds.isEmpty ? CacheInventory.kinds : kinds), dryRun)
        let report = try waitingUnlessInterrupted { try await CachePruning(cache).clean(kinds, isRehearsal: dryRun) }
        try PruningOutput(report, isRehearsal: dryRun).tell(isJSON: json, in: session)
        return 0
    }
}
