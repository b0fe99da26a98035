import CondaChannels
import CondaPackaging
import CondaSolving
internal import PubGrub

extension CondaResolver {
    /// Rounds of fetching records that a trial may take.
    private static let rounds = 20

    /// Steps of the solver that a trial may take.
    private static let steps = 20_000

    /// More requirements than this are not looked at one by one.
    private static let requirementsTried = 12

    /// How a trial ended.
    private enum Outcome {
        case solved([ChosenCondaRecord])
        case failed(CondaSolver.Proof, CondaBook)
    }

    /// Versions that everything else goes with, where single demands in a conflict say nothing of versions and builds.
    func alternatives(
        for demands: [DemandWords.Item], in request: CondaRequest, _ target: CondaTarget, _ contents: [ChannelContent]
    ) async -> [Alternatives.Found] {
        var found: [Alternatives.Found] = []
        for demand in demands.filter(\.isRelaxable).prefix(Alternatives.trials) {
            guard let (name, relaxed) = request.relaxing(demand),
                case .solved(let records)? = try? await outcome(of: relaxed, target, contents),
                let record = records.first(where: { $0.record.name == name })?.record
            else { continue }
            found.append(Alternatives.Found(demand, version: "\(record.version)"))
        }
        return found
    }

    /// A proof from fewer requirements: a search blames whatever it met first. `nil` where none of them can be left out.
    ///
    /// - Parameter demands: those of the proof that is there.
    func narrowerProof(
        than demands: [DemandWords.Item], in request: CondaRequest, _ target: CondaTarget, _ contents: [ChannelContent]
    ) async -> (proof: ConflictScene.Proof, book: CondaBook)? {
        var request = request
        request.requirements = request.requirements.filter { requirement in
            demands.contains { $0.demand == Demand(.requirement, requirement) }
        }
        guard (3...Self.requirementsTried).contains(request.requirements.count) else { return nil }
        var found: (proof: ConflictScene.Proof, book: CondaBook)?
        for requirement in request.requirements {
            var fewer = request
            fewer.requirements.removeAll { $0 == requirement }
            guard case .failed(let proof, let book)? = try? await outcome(of: fewer, target, contents) else { continue }
            request = fewer
            found = (CondaProof(fewer, book).derivation(proof), book)
        }
        return found
    }

    /// - Returns: `nil` where nothing is found out soon.
    private func outcome(
        of request: CondaRequest, _ target: CondaTarget, _ contents: [ChannelContent]
    ) async throws -> Outcome? {
        var solver = try solver(request, target, contents)
        for _ in 0..<Self.rounds {
            switch try solver.advance(maximumSteps: Self.steps) {
            case .solved(let records): return .solved(records)
            case .failed(let proof): return .failed(proof, solver.book)
            case nil: return nil
            case .needs(let names): try await source.load(names, in: contents)
            }
            try Task.checkCancellation()
        }
        return nil
    }
}

extension CondaRequest {
    /// The request without what a demand says of versions and builds; `nil` if it is not found in here.
    func relaxing(_ demand: DemandWords.Item) -> (name: CondaName, request: CondaRequest)? {
        let isLimit = demand.demand?.role == .constraint
        var list = isLimit ? constraints : requirements
        let place = list.firstIndex { $0.spelled == demand.demand?.spelled && $0.asker == demand.demand?.asker }
        guard let place, let name = list[place].spec.name.exactName else { return nil }
        var spec = MatchSpec(list[place].spec.name)
        spec.details.channel = list[place].spec.details.channel
        spec.details.extras = list[place].spec.details.extras
        list[place] = CondaRequirement(spec, spelled: list[place].spelled, asker: list[place].asker)
        var relaxed = self
        if isLimit { relaxed.constraints = list } else { relaxed.requirements = list }
        return (name, relaxed)
    }
}
