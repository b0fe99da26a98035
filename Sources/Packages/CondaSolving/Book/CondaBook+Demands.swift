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
            demands.append(branch(list, when: condition))
            return nil
        }
    }

    /// What a person asks for.
    ///
    /// - Throws: Where the name is a pattern.
    public mutating func demands(of spec: MatchSpec, isRequired: Bool = true) throws(CondaRequestError) -> [CondaDemand] {
        guard let name = spec.name.exactName else { throw CondaRequestError(spec: spec.description) }
        if isRequired { direct.insert(name) }
        if let channel = spec.details.channel { wantedChannels[name] = channel }
        var demands: [CondaDemand] = []
        _ = add(specs.number(of: spec.description), isRequired: isRequired, to: &demands)
        return demands
    }

    // MARK: - Conditions

    private mutating func branch(_ demands: [CondaDemand], when condition: MatchCondition) -> CondaDemand {
        let branch = ConditionalBranch(ways: waysToMiss(condition) + [demands])
        let number = branches.firstIndex(of: branch) ?? branches.count
        if number == branches.count { branches.append(branch) }
        return CondaDemand(package: self.number(of: .branch(number)), spec: .anything, isRequired: true)
    }

    /// Each way in which a condition is not met.
    private mutating func waysToMiss(_ condition: MatchCondition) -> [[CondaDemand]] {
        switch condition {
        case .spec(let spec):
            guard let name = spec.name.exactName else { return [] }
            let number = specs.number(of: spec.description)
            let unwanted = CondaSpecID(number: Int32(number)).negated
            return [[CondaDemand(package: self.number(of: name), spec: unwanted, isRequired: false)]]
        case .and(let first, let second): return waysToMiss(first) + waysToMiss(second)
        case .or(let first, let second):
            let others = waysToMiss(second)
            return waysToMiss(first).flatMap { way in others.map { way + $0 } }
        }
    }
}

/// A spec that asks for no package in particular.
public struct CondaRequestError: Error, Hashable, Sendable, CustomStringConvertible {
    public let spec: String

    public var description: String { "'\(spec)' names no single package: write the whole name" }
}
