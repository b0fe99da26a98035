public import ArgumentParser
import Lockfiles
import PythonPackaging
public import Resolution

/// Which of the versions that will do is taken.
struct ResolutionArguments: ParsableArguments {
    @Option(help: "Which versions are taken: highest, lowest, or lowest-direct (the lowest of what is asked for by name).")
    var resolution: ResolutionOptions.Strategy?

    @Option(
        help: """
            When pre-releases count: if-necessary (where nothing else will do), explicit (where a requirement names one), \
            if-necessary-or-explicit, allow, disallow.
            """)
    var prerelease: ResolutionOptions.Prereleases?

    @Option(
        help: ArgumentHelp(
            "Look at indexes as they were then: a moment such as 2026-01-31T12:00:00Z, or a day, which counts to its end (UTC).",
            valueName: "date"),
        transform: Moment.init)
    var excludeNewer: Moment?

    @Option(
        help: ArgumentHelp("Only build this package from source; :all: for every one. May be repeated.", valueName: "package"),
        transform: PackageChoice.init)
    var noBinary: [PackageChoice] = []

    @Option(
        help: ArgumentHelp("Never build this package from source; :all: for every one. May be repeated.", valueName: "package"),
        transform: PackageChoice.init)
    var onlyBinary: [PackageChoice] = []

    @Flag(help: "Build nothing from source: take wheels only.")
    var noBuild = false

    var options: ResolutionOptions {
        var options = ResolutionOptions()
        if let resolution { options.strategy = resolution }
        if let prerelease { options.prereleases = prerelease }
        options.excludeNewer = excludeNewer?.time
        options.builds.alwaysBuilt = PackageChoice.together(noBinary)
        options.builds.neverBuilt = noBuild ? .all : PackageChoice.together(onlyBinary)
        return options
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

    /// Packages as pip's options name them: names between commas, `:all:`, `:none:`, of which later ones count.
    struct PackageChoice {
        let words: [String]

        init(_ text: String) throws {
            words = text.split(separator: ",").map(String.init)
            for word in words where word != ":all:" && word != ":none:" {
                guard (try? PackageName(parsing: word)) != nil else {
                    throw ValidationError("'\(word)' is no name of a package; write a name, :all: or :none:")
                }
            }
        }

        static func together(_ choices: [PackageChoice]) -> BuildPolicy.Packages {
            var names: Set<PackageName> = []
            var all = false
            for word in choices.flatMap(\.words) {
                switch word {
                case ":all:": all = true
                case ":none:": (all, names) = (false, [])
                default: if let name = try? PackageName(parsing: word) { names.insert(name) }
                }
            }
            return all ? .all : names.isEmpty ? .none : .these(names)
        }
    }
}

extension ResolutionOptions.Strategy: ExpressibleByArgument {}
extension ResolutionOptions.Prereleases: ExpressibleByArgument {}
