internal import CondaPackaging
internal import CondaSolving
internal import Lockfiles
internal import PythonPackaging

/// Resolves both worlds anew with other demands on conda packages.
struct CondaTrial: Sendable {
    let setting: CondaHalf.Setting
    let supply: CondaSupply
    let source: any PackageMetadataSource
    let platform: PlatformName
    let options: ResolutionOptions

    /// Pythons that are tried.
    private static let pythons = 3

    /// The conda packages of an answer; `nil` without one.
    func packages(
        for request: ResolutionRequest, preferring preferences: [PackageName: [Version]], memory: ResolutionMemory
    ) async -> [LockedCondaPackage]? {
        var search = CondaPythonSearch(setting, book: supply.half.book)
        for _ in 0..<Self.pythons {
            guard case .python(let python)? = try? await search.next(supply.source), let target = try? python.target(on: platform),
                let half = try? CondaHalf(setting, python: python, book: search.book, provided: supply.half.provided)
            else { return nil }
            let resolver = Resolver(
                source: source, target: target, options: options, looksForAlternatives: false,
                conda: CondaSupply(source: supply.source, half: half))
            var memory = memory
            memory.conda = nil
            if let found = try? await resolver.solution(for: request, preferring: preferences, memory: &memory) { return found.conda }
        }
        return nil
    }
}

extension CondaHalf.Setting {
    /// The same without what a demand says of versions and builds; `nil` if it is not found in here.
    func relaxing(_ demand: DemandWords.Item) -> (name: CondaName, setting: Self)? {
        var request = CondaRequest(requirements, channels: [])
        request.constraints = constraints
        guard let relaxed = request.relaxing(demand) else { return nil }
        return (
            relaxed.name,
            Self(
                contents: contents, target: target, names: names, preference: preference,
                requirements: relaxed.request.requirements, constraints: relaxed.request.constraints)
        )
    }
}
