import CondaPackaging
import CondaSolving
import Diagnostics
import Lockfiles
import PythonPackaging
import Resolution

/// A channel and an index, and what is asked of both.
struct JointWorld {
    let channel: TableChannel
    let index: TableSource
    var names = ProjectNameMapping()
    var preference = WorldPreference()
    var options = ResolutionOptions.unhurried
    var conda = CondaOptions()
    var condaConstraints: [String] = []
    var preferences: [String: String] = [:]
    var constraints: [String] = []
    var overrides: [String] = []
    var glibc = "2.35"
    /// Who asks for conda packages.
    var asker: Asker?

    init(channel: String, index: String, direct: String = "", shuffle: Int = 0) throws {
        self.channel = try TableChannel(channel)
        self.index = try TableSource(index, direct: direct, shuffle: shuffle)
    }

    init(channel: TableChannel, index: TableSource) {
        self.channel = channel
        self.index = index
    }

    func request(conda specs: [String], pypi roots: [RootRequirement]) throws -> JointRequest {
        func requirement(_ text: String) throws -> CondaRequirement {
            CondaRequirement(try MatchSpec(parsing: text), spelled: text, asker: asker)
        }
        var pypi = ResolutionRequest(roots)
        pypi.constraints = try constraints.map { try RootRequirement(parsing: $0) }
        pypi.overrides = try overrides.map { try RootRequirement(parsing: $0) }
        for (name, version) in preferences { pypi.preferences[try PackageName(parsing: name)] = try Version(parsing: version) }
        var asked = CondaRequest(try specs.map(requirement), channels: channel.channels)
        asked.constraints = try condaConstraints.map(requirement)
        asked.options = conda
        var request = JointRequest(pypi: pypi, conda: asked)
        request.names = names
        request.preference = preference
        return request
    }

    func target() throws -> JointTarget {
        let virtual = [try VirtualPackage(parsing: "__glibc=\(glibc)"), try VirtualPackage(parsing: "__linux=5.15")]
        return JointTarget(
            CondaTarget(subdir: .linux64, virtualPackages: virtual), platform: try PlatformName(parsing: "linux-x86_64-glibc-2.35"))
    }

    func answer(conda specs: [String], pypi roots: [RootRequirement], progress: @escaping ProgressSink = { _ in }) async throws -> JointAnswer {
        let resolver = JointResolver(conda: channel, source: index, options: options, progress: progress)
        let answers = try await resolver.answers(try request(conda: specs, pypi: roots), for: [try target()])
        return answers[0]
    }

    /// What is chosen: `conda numpy 2.0 0`, `pypi pandas 2.2`, in order; or the sentences of the refusal.
    func solve(_ specs: [String], _ requirements: [String]) async throws -> [String] {
        try await solve(specs, roots: try requirements.map { try RootRequirement(parsing: $0) })
    }

    func solve(_ specs: [String], roots: [RootRequirement]) async throws -> [String] {
        do {
            return try await answer(conda: specs, pypi: roots).words
        } catch let error as ResolutionError {
            guard case .noSolution(let conflict) = error else {
                let told = error.diagnostic
                return ["broken: \(told.headline)"] + told.details
            }
            return ["refused"] + conflict.sentences
        }
    }
}

extension JointAnswer {
    var words: [String] {
        conda.map { "conda \($0.record.name) \($0.record.version) \($0.record.build)" }
            + packages.map { "pypi \($0.name) \($0.version)" }
    }
}
