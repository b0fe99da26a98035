public import CondaPackaging

/// A dependency that counts on a condition only (CEP 43): either the condition is not met, in one of several ways, or the
/// dependency is. Each way is a candidate of a package of its own.
struct ConditionalBranch: Sendable, Hashable {
    /// What each way asks for; the last one is the dependency itself.
    let ways: [[CondaDemand]]
}

extension CondaBook {
    /// What a candidate of a package asks for. The package's candidates were asked for.
    public mutating func demands(of package: CondaPackageID, candidate number: Int) throws(CondaBookError) -> DemandAnswer {
        let place = Int(package.number)
        switch entries[place].kind {
        case .branch(let branch): return .demands(branches[branch].ways[number])
        case .extra(let name, let extra):
            guard let candidate = candidate(number, of: self.number(of: name)) else { return .demands([]) }
            return try demands(of: candidate, extra: extra)
        case .package:
            if let known = entries[place].demands[number] { return known }
            guard let candidate = candidate(number, of: package) else { return .demands([]) }
            let answer = try demands(of: candidate)
            entries[place].demands[number] = answer
            return answer
        }
    }

    /// What a record asks for.
    mutating func demands(of candidate: CondaCandidate) throws(CondaBookError) -> DemandAnswer {
        guard let number = candidate.source else { return .demands([]) }
        let source = sources[number]
        var needed: [Int] = []
        var limiting: [Int] = []
        do throws(RepodataError) {
            try source.records.forEachSpec(.depends, of: candidate) { needed.append(specs.number(of: $0)) }
            try source.records.forEachSpec(.constrains, of: candidate) { limiting.append(specs.number(of: $0)) }
        } catch {
            throw CondaBookError(source, error)
        }
        var demands: [CondaDemand] = []
        demands.reserveCapacity(needed.count + limiting.count)
        for spec in needed {
            if let problem = add(spec, isRequired: true, to: &demands) { return .unusable(problem) }
        }
        for spec in limiting {
            if let problem = add(spec, isRequired: false, to: &demands) { return .unusable(problem) }
        }
        return .demands(demands)
    }

    private mutating func demands(of candidate: CondaCandidate, extra: String) throws(CondaBookError) -> DemandAnswer {
        guard let number = candidate.source else { return .demands([]) }
        let groups: [String: [String]]
        do {
            groups = try sources[number].records.extraDependencies(of: candidate)
        } catch {
            throw CondaBookError(sources[number], error)
        }
        var demands: [CondaDemand] = []
        for text in groups[extra] ?? [] {
            if let problem = add(specs.number(of: text), isRequired: true, to: &demands) { return .unusable(problem) }
        }
        return .demands(demands)
    }

    private mutating func add(_ number: Int, isRequired: Bool, to demands: inout [CondaDemand]) -> CondaUnusable? {
        switch specs[number] {
        case .malformed: return .malformedSpec(specs.text(of: number))
        case .spec(let spec):
            guard let name = spec.name.exactName else { return .patternInDependency(specs.text(of: number)) }
            let own = CondaDemand(
                package: self.number(of: name), spec: CondaSpecID(number: Int32(number)), isRequired: isRequired)
            guard !spec.isPlain else {
                demands.append(own)
                return nil
            }
            let details = spec.details
            var list = [own]
            for extra in details.extras where isRequired {
                list.append(CondaDemand(package: self.number(of: .extra(name, extra)), spec: .anything, isRequired: true))
            }
            guard let condition = details.condition else {
                demands += list
                return nil
            }
            guard let branch = branch(list, when: condition) else { return .tooManyAlternatives(specs.text(of: number)) }
            demands.append(branch)
            return nil
        }
    }

    /// What a person asks for.
    ///
    /// - Throws: Where the name is a pattern, or a condition has too many parts.
    public mutating func demands(of spec: MatchSpec, isRequired: Bool = true) throws(CondaRequestError) -> [CondaDemand] {
        guard let name = spec.name.exactName else { throw CondaRequestError(.namesNoPackage, spec) }
        if isRequired { direct.insert(name) }
        if let channel = spec.details.channel { wantedChannels[name] = channel }
        var demands: [CondaDemand] = []
        let problem = add(specs.number(of: spec), isRequired: isRequired, to: &demands)
        guard problem == nil else { throw CondaRequestError(.tooManyAlternatives, spec) }
        return demands
    }

    // MARK: - Conditions

    private static let maximumWays = 256

    /// `nil` where there are too many ways to miss the condition.
    private mutating func branch(_ demands: [CondaDemand], when condition: MatchCondition) -> CondaDemand? {
        guard let ways = waysToMiss(condition) else { return nil }
        let branch = ConditionalBranch(ways: ways + [demands])
        let number = numbersOfBranches[branch] ?? branches.count
        if number == branches.count {
            branches.append(branch)
            numbersOfBranches[branch] = number
        }
        return CondaDemand(package: self.number(of: .branch(number)), spec: .anything, isRequired: true)
    }

    /// Each way in which a condition is not met; `nil` where they are too many. Their number grows as a power of the parts
    /// of a condition, and channels can have anything in them.
    private mutating func waysToMiss(_ condition: MatchCondition) -> [[CondaDemand]]? {
        switch condition {
        case .spec(let spec):
            guard let name = spec.name.exactName else { return [] }
            let number = specs.number(of: spec)
            let unwanted = CondaSpecID(number: Int32(number)).negated
            return [[CondaDemand(package: self.number(of: name), spec: unwanted, isRequired: false)]]
        case .and(let first, let second):
            guard let ways = waysToMiss(first), let others = waysToMiss(second) else { return nil }
            return ways.count + others.count <= Self.maximumWays ? ways + others : nil
        case .or(let first, let second):
            guard let ways = waysToMiss(first), let others = waysToMiss(second) else { return nil }
            guard ways.count * others.count <= Self.maximumWays else { return nil }
            return ways.flatMap { way in others.map { way + $0 } }
        }
    }
}

/// A spec that cannot be asked for.
public struct CondaRequestError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// The name is a pattern.
        case namesNoPackage
        /// The condition can be missed in more ways than anyone needs.
        case tooManyAlternatives
    }

    public let problem: Problem
    public let spec: String

    init(_ problem: Problem, _ spec: MatchSpec) {
        self.problem = problem
        self.spec = spec.description
    }

    public var description: String {
        switch problem {
        case .namesNoPackage: "'\(spec)' names no single package: write the whole name"
        case .tooManyAlternatives: "the condition of '\(spec)' has too many parts: write it shorter"
        }
    }
}
