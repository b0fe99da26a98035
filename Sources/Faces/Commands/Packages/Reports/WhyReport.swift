import Lockfiles
import PythonPackaging

/// How a package came into a lock: the shortest ways from those who asked.
struct WhyReport: PackageReport {
    private let reported: ReportedLock
    private let graph: LockGraph
    private let name: AnyPackageName
    private let chains: [LockGraph.Chain]
    /// Whether there are more ways than are shown.
    private let isCut: Bool

    init(_ name: AnyPackageName, in reported: ReportedLock, limit: Int) {
        self.reported = reported
        self.name = name
        graph = reported.graph
        let found = graph.shortestChains(toNamed: name.description, limit: limit + 1)
        chains = Array(found.prefix(limit))
        isCut = found.count > limit
    }

    var title: String { reported.title }

    var footnotes: [String] { isCut ? ["There are more ways; --limit shows them."] : [] }

    func lines(on terminal: Terminal) -> [String] {
        let versions = graph.positions(named: name.description).compactMap { graph.package(at: $0).version }
        let title = ([name.description] + versions).joined(separator: " ")
        return [Style.bold(title, on: terminal)] + chains.flatMap { lines($0, terminal) }
    }

    private func lines(_ chain: LockGraph.Chain, _ terminal: Terminal) -> [String] {
        let askers = reported.askers(of: chain.root).map { asker in
            "  " + asker.sentence + (asker.place.map { "  " + Style.dim($0, on: terminal) } ?? "")
        }
        return askers + steps(chain).map { "    \($0.name) needs \($0.needs)" }
    }

    /// The links as sentences have them: who needs, and what.
    private func steps(_ chain: LockGraph.Chain) -> [(name: LockGraph.Package, needs: String)] {
        var from = chain.root.package
        return chain.links.map { link in
            defer { from = link.package }
            return (graph.package(at: from), link.requirement?.description ?? link.spec ?? graph.package(at: link.package).name)
        }
    }
}

// MARK: - JSON

extension WhyReport {
    struct Output: Encodable {
        var lock: String?
        var steps: [String]?
        var name: String
        var versions: [String]
        var chains: [Chain]
    }

    struct Chain: Encodable {
        var askers: [Asked]
        var links: [Link]
    }

    struct Asked: Encodable {
        var asker: String
        var requirement: String?
        var file: String?
        var line: Int?
    }

    struct Link: Encodable {
        var name: String
        var version: String?
        /// What it needs on the way.
        var needs: String
    }

    var output: Output {
        Output(
            lock: reported.file, steps: reported.steps.isEmpty ? nil : reported.steps, name: name.description,
            versions: graph.positions(named: name.description).compactMap { graph.package(at: $0).version },
            chains: chains.map { chain in
                Chain(
                    askers: reported.askers(of: chain.root).map {
                        Asked(asker: $0.words, requirement: $0.spelled, file: $0.file, line: $0.line)
                    },
                    links: steps(chain).map {
                        Link(name: $0.name.name, version: $0.name.version, needs: $0.needs)
                    })
            })
    }
}
