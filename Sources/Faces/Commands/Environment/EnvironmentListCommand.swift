import ArgumentParser
import Archives
import Digests
import Environments
import Lockfiles
import RunDriver

/// `penstock env list`: what lies in the cache.
struct EnvironmentListCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the environments of the cache, the one used last first.",
        discussion: """
            SIZE is what an environment has for itself; SHARED are files that the cache and other environments have too.
            """)

    @Flag(help: "Do not look how large they are.")
    var noSize = false

    @Flag(help: "Print JSON.")
    var json = false

    func perform(in session: StandaloneSession) throws -> Int32 {
        let finder = try EnvironmentFinder(session, RecordArguments())
        let names = EnvironmentNames(finder.names)
        let stored = finder.store.environments().sorted { ($0.lastUsed, $0.name) > ($1.lastUsed, $1.name) }
        let sizes = noSize ? [] : try Self.sizes(of: stored)
        let outputs = stored.enumerated().map { place, environment in
            EnvironmentOutput(
                environment, names: names.names(of: environment), isHeld: finder.store.isHeld(environment),
                size: noSize ? nil : sizes[place])
        }
        if json {
            session.output.writeLine(try JSONText(outputs).text)
        } else if stored.isEmpty {
            session.error.writeLine("There are no environments yet; penstock env create makes one, and so do runs.")
        } else {
            for line in table(stored, outputs).lines(on: session.output) { session.output.writeLine(line) }
        }
        return 0
    }

    private static func sizes(of stored: [StoredEnvironment]) throws -> [TreeSize] {
        try waiting {
            await withTaskGroup(of: (Int, TreeSize).self) { group in
                for (place, environment) in stored.enumerated() {
                    group.addTask { (place, await BlockingWork.run { TreeSize(of: environment.path) }) }
                }
                var sizes = [TreeSize](repeating: TreeSize(), count: stored.count)
                for await (place, size) in group { sizes[place] = size }
                return sizes
            }
        }
    }

    private func table(_ stored: [StoredEnvironment], _ outputs: [EnvironmentOutput]) -> TextTable {
        var table = TextTable("ENVIRONMENT", "NAMES", "PYTHON", ">PACKAGES", ">SIZE", ">SHARED", "LAST USED", "")
        let now = UTCTime.now().seconds
        for (environment, output) in zip(stored, outputs) {
            table.add(
                .init(String(environment.name.prefix(8)), .bold), .init(output.names.joined(separator: ", ")),
                .init(output.interpreter?.words ?? "?"), .init(output.packages.map { "\($0)" } ?? "?"),
                .init(output.size.map { "\(ByteText($0.own))" } ?? ""),
                .init(output.size.map { "\(ByteText($0.shared))" } ?? ""),
                .init("\(AgeText(seconds: now - environment.lastUsed.seconds))"), .init(output.inUse ? "in use" : "", .green))
        }
        return table
    }
}

/// Which names stand for which locks.
struct EnvironmentNames {
    private var byLock: [SHA256Digest: [String]] = [:]

    init(_ locks: NamedLocks) {
        for name in locks.names() {
            // A lock that cannot be read has no environment.
            guard let entry = try? locks.entry(name) else { continue }
            byLock[entry.lock.digest, default: []].append(name)
        }
    }

    func names(of environment: StoredEnvironment) -> [String] {
        environment.origin?.lockDigest.flatMap { byLock[$0] } ?? []
    }
}
