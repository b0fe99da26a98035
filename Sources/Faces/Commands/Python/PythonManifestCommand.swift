import ArgumentParser
import Interpreters

/// `penstock python manifest [REQUEST…]`
struct PythonManifestCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "manifest",
        abstract: "Print a list of Pythons with their hashes, to be kept in version control.",
        discussion: """
            PENSTOCK_PYTHON_MANIFEST names such a list, and nothing that is not in it is fetched then. It has the newest Python \
            for each request, or everything that the mirror offers, for every platform or those that are named. Example:
              penstock python manifest 3.11 3.12 > pythons.json
            """)

    @Option(help: ArgumentHelp("Only for this platform, such as linux-x86_64-gnu; may be repeated.", valueName: "name"))
    var platform: [String] = []

    @Flag(help: "Use only what is in the cache.")
    var offline = false

    @Argument(help: "Versions or ranges.")
    var requests: [String] = []

    func perform(in session: StandaloneSession) throws -> Int32 {
        let requests = try requests.map { text throws in try InterpreterRequest(parsing: text) }
        let named = try platform.map { text throws in
            guard let platform = BuildPlatform(parsing: text) else {
                throw ValidationError("'\(text)' is no platform; write it as linux-x86_64-gnu or macos-aarch64")
            }
            return platform
        }
        let manifest = try PackageWorkshop.open(session, quiet: false) { [offline] workshop in
            try await workshop.fetching(isOffline: offline).offered()
        }
        let platforms = named.isEmpty ? manifest.platforms : named
        let builds = try platforms.flatMap { try manifest.builds(for: requests, on: $0, mustHave: !named.isEmpty) }
        session.output.writeLine(try JSONText(verbatim: ManifestFile(builds)).text)
        return 0
    }
}

extension PythonManifest {
    /// The newest for each request, each once; everything if there are no requests.
    ///
    /// - Parameter mustHave: whether it is an error if there is none.
    fileprivate func builds(
        for requests: [InterpreterRequest], on platform: BuildPlatform, mustHave: Bool
    ) throws -> [StandaloneBuild] {
        if requests.isEmpty { return offers(on: platform) }
        var builds: [StandaloneBuild] = []
        for request in requests {
            if let build = best(for: request, on: platform) {
                if !builds.contains(build) { builds.append(build) }
            } else if mustHave {
                throw PythonFetchError.notOffered(
                    wanted: "\(request) for \(platform)", place: place, offered: offers(on: platform).map { "\($0.version)" })
            }
        }
        return builds
    }
}
