public import ArgumentParser
import Lockfiles
public import Resolution

/// Which of the versions that will do is taken.
struct ResolutionArguments: ParsableArguments {
    @Option(help: "Which versions are taken; lowest-direct: the lowest of what is asked for by name.")
    var resolution: ResolutionOptions.Strategy?

    @Option(
        help: """
            When pre-releases count: where nothing else will do, where a requirement names one (explicit), in both cases, \
            always, or never.
            """)
    var prerelease: ResolutionOptions.Prereleases?

    @Option(
        help: ArgumentHelp(
            "Look at indexes as they were then: a moment such as 2026-01-31T12:00:00Z, or a day, which counts to its end (UTC).",
            valueName: "date"),
        transform: Moment.init)
    var excludeNewer: Moment?

    @Option(
        help: ArgumentHelp("Take no wheels of this package, build it from source; :all: for every one.", valueName: "package"))
    var noBinary: [String] = []

    @Option(
        help: ArgumentHelp("Never build this package from source, take its wheels; :all: for every one.", valueName: "package"))
    var onlyBinary: [String] = []

    @Flag(help: "Build nothing from source: take wheels only.")
    var noBuild = false

    var options: ResolutionOptions { options(over: ResolutionOptions()) }

    /// Other options with what was said here in their place.
    func options(over base: ResolutionOptions) -> ResolutionOptions {
        var options = base
        if let resolution { options.strategy = resolution }
        if let prerelease { options.prereleases = prerelease }
        if let excludeNewer { options.excludeNewer = excludeNewer.time }
        // What was said is known to be right.
        for value in noBuild ? [":all:"] : onlyBinary { try? options.builds.neverBuild(value) }
        for value in noBinary { try? options.builds.alwaysBuild(value) }
        return options
    }

    func validate() throws {
        var policy = BuildPolicy()
        do {
            for value in onlyBinary { try policy.neverBuild(value) }
            for value in noBinary { try policy.alwaysBuild(value) }
        } catch {
            throw ValidationError("\(error); write a name, :all: or :none:")
        }
    }

    /// A moment, or the end of a day.
    struct Moment {
        let time: UTCTime

        init(_ text: String) throws {
            // The second 60 of a day's last minute is where the next day begins.
            guard let time = UTCTime(parsing: text) ?? UTCTime(parsing: text + "T23:59:60Z") else {
                throw ValidationError("'\(text)' is no date; write 2026-01-31 or 2026-01-31T12:00:00Z")
            }
            self.time = time
        }
    }
}

extension ResolutionOptions.Strategy: ExpressibleByArgument {}
extension ResolutionOptions.Prereleases: ExpressibleByArgument {}
