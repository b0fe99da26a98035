import CondaPackaging
public import PubGrub

extension CondaBook {
    /// The candidates of a package that a spec allows. The package's candidates were asked for.
    public func candidates(matching spec: CondaSpecID, of package: CondaPackageID) -> CandidateSet {
        let entry = entries[Int(package.number)]
        let count: Int
        switch entry.kind {
        case .branch(let branch): count = branches[branch].ways.count
        case .package: count = entry.candidates?.count ?? 0
        case .extra(let name, _):
            guard let base = numbersOfNames[name] else { return CandidateSet(noneOf: 0) }
            return candidates(matching: spec, of: CondaPackageID(number: base))
        }
        if spec == .anything { return CandidateSet(allOf: count) }
        if spec.number < -1 {
            let matching = candidates(matching: CondaSpecID(number: -2 - spec.number), of: package)
            return CandidateSet(allOf: count).subtracting(matching)
        }
        guard case .spec(let wanted) = specs[Int(spec.number)] else { return CandidateSet(noneOf: count) }
        return candidates(matching: wanted, in: entry.candidates ?? [])
    }

    private func candidates(matching spec: MatchSpec, in candidates: [CondaCandidate]) -> CandidateSet {
        var result = CandidateSet(noneOf: candidates.count)
        let details = spec.isPlain ? nil : spec.details
        var last: (version: CondaVersion, fits: Bool)?
        for (place, candidate) in candidates.enumerated() {
            if let wanted = spec.version {
                // Candidates of one version stand together.
                let version = candidate.version
                let fits = if let last, last.version == version { last.fits } else { wanted.contains(version) }
                last = (version, fits)
                guard fits else { continue }
            }
            if let build = spec.build, !build.matches(candidate.build) { continue }
            if let details, !matches(details, spec, candidate) { continue }
            result.insert(place)
        }
        return result
    }

    private func matches(_ details: MatchDetails, _ spec: MatchSpec, _ candidate: CondaCandidate) -> Bool {
        guard let number = candidate.source else { return true }
        if let wanted = details.buildNumber, !wanted.contains(candidate.buildNumber) { return false }
        if let channel = details.channel, !sources[number].channel.isMeant(by: channel) { return false }
        var rest = details
        rest.buildNumber = nil
        rest.channel = nil
        rest.condition = nil
        rest.extras = []
        rest.namespace = nil
        let url = rest.url
        rest.url = nil
        if url == nil, rest.isEmpty { return true }
        guard let record = try? record(of: candidate) else { return false }
        if let url, url != sources[number].channel.url(of: record.fileName, in: sources[number].subdir) { return false }
        var whole = spec
        whole.details = rest
        return whole.matches(record)
    }
}
