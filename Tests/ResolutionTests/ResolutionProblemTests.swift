import CondaChannels
import CondaPackaging
import FoundationEssentials
import PackageSources
import PythonPackaging
import Resolution
import Testing

@Suite("Problems as values")
struct ResolutionProblemTests {
    @Test("a conflict has its sentences and hints, and comes back from JSON")
    func conflict() throws {
        let conflict = ResolutionConflict(
            headline: "a and b do not go together", sentences: ["You asked for a and b.", "a 1 needs b<1."],
            hints: ["b 0 would go with everything else: change b"])
        let problem = ResolutionProblem(ResolutionError.noSolution(conflict))
        #expect(problem.kind == .unsatisfiable)
        #expect(problem.explanation == "a and b do not go together\n1. You asked for a and b.\n2. a 1 needs b<1.")
        #expect(problem.sentences == conflict.sentences)
        #expect(problem.hints == conflict.hints)
        let decoded = try JSONDecoder().decode(ResolutionProblem.self, from: try JSONEncoder().encode(problem))
        #expect(decoded == problem)
    }

    @Test("a conflict of conda packages, and a channel that cannot be had, are told in the same form")
    func conda() {
        let conflict = ResolutionConflict(headline: "a and b do not go together", sentences: ["You asked for a and b."])
        let problem = ResolutionProblem(CondaResolutionError.noSolution(conflict))
        #expect(problem.kind == .unsatisfiable)
        #expect(problem.sentences == conflict.sentences)
        let offline = CondaChannelError.unreachable(
            channel: "main", subdir: .linux64, cause: .offline(url: "https://channel.example/linux-64/repodata.json"))
        #expect(ResolutionProblem(CondaResolutionError.channel(offline)).kind == .offline)
        #expect(ResolutionProblem(ResolutionError.source(CondaChannelError.cancelled)).kind == .cancelled)
        #expect(ResolutionProblem(CondaChannelError.unknownHome(channel: "main")).kind == .input)
    }

    @Test("the network is never taken for a missing answer")
    func network() {
        let error = PackageSourceError.unreachable(
            url: "https://index.example/simple/a/", attempts: 3, reason: "connection refused")
        #expect(ResolutionProblem(ResolutionError.source(error)).kind == .network)
        #expect(ResolutionProblem(ResolutionError.source(PackageSourceError.offline(url: "https://a.example/"))).kind == .offline)
        #expect(ResolutionProblem(CancellationError()).kind == .cancelled)
    }

    @Test("what cannot be read is input")
    func input() {
        #expect(throws: RootRequirementError.self) { _ = try RootRequirement(parsing: "a >") }
        do {
            _ = try RootRequirement(parsing: "a >")
        } catch {
            #expect(ResolutionProblem(error).kind == .input)
        }
    }
}
