import CondaChannels
import CondaPackaging
import CondaSolving
internal import PubGrub

extension CondaResolver {
    /// Rounds of fetching records that a trial may take.
    private static let rounds = 20

    /// Steps of the solver that a trial may take.
    private static let steps = 20_000

    /// Versions that everything else goes with, where single demands in a conflict say nothing of versions and builds.
    func alternatives(
        for demands: [DemandWords.Item], in request: CondaRequest, _ target: CondaTarget, _ contents: [ChannelContent]
    ) async -> [Alternatives.Found] {
        var found: [Alternatives.Found] = []
        for demand in demands.filter(\.isRelaxable).prefix(Alternatives.trials) {
            guard let (name, relaxed) = request.relaxing(demand),
                let records = try? await records(for: relaxed, target, contents),
                let record = records.first(where: { $0.record.name == name })?.record
            else { continue }
            found.append(Alternatives.Found(demand, version: "\(record.version)"))
        }
        return found
    }

    /// - Returns: `nil` where there is no solution, or none that is found soon.
    private func records(
        for request: CondaRequest, _ target: CondaTarget, _ contents: [ChannelContent]
    ) async throws -> [ChosenCondaRecord]? {
        var solver = try solver(request, target, contents)
        for _ in 0..<Self.rounds {
            switch try solver.advance(maximumSteps: Self.steps) {
            case .solved(let records): return records
            case .failed, nil: return nil
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
