public import CondaPackaging
import PubGrub

/// What is known of the packages of some channels, as a solver asks for it: candidates in their order, which of them a match
/// spec allows, and what each asks for.
///
/// Nothing is decoded before it is asked for. With channels whose records are fetched by name, an answer can be that some are
/// missing; the caller fetches them, tells the book, and asks again.
public struct CondaBook: Sendable {
    /// The order of candidates, best first, and what each asks for as far as it was looked at.
    struct Entry: Sendable {
        let kind: CondaPackageKind
        /// The records that may be chosen, before they are put in order.
        var found: [CondaCandidate]?
        /// The same in their order.
        var candidates: [CondaCandidate]?
        /// What each candidate asks for, by its place in `candidates`.
        var demands: [Int: DemandAnswer] = [:]
    }

    /// How many candidates a package has.
    public enum CandidateAnswer: Sendable {
        case count(Int)
        /// Always the same as another package.
        case following(CondaPackageID)
        /// The records of these have to be fetched first.
        case unknown([CondaName])
    }

    /// What a candidate asks for.
    public enum DemandAnswer: Sendable {
        case demands([CondaDemand])
        case unusable(CondaUnusable)
    }

    public internal(set) var sources: [CondaSource]
    public let options: CondaOptions
    public let virtualPackages: [VirtualPackage]
    var entries: [Entry] = []
    var numbers: [CondaPackageKind: Int32] = [:]
    var numbersOfNames: [CondaName: Int32] = [:]
    var specs = SpecTable()
    var branches: [ConditionalBranch] = []
    var numbersOfBranches: [ConditionalBranch: Int] = [:]
    var highest: [CondaDemand: HighestVersion?] = [:]
    /// Packages that were asked for by name, for `lowest-direct`.
    var direct: Set<CondaName> = []
    /// Packages whose records with tracked features are left out.
    var withoutFeatures: Set<CondaName> = []
    /// Channels that a person named for a package, whatever the order of channels.
    var wantedChannels: [CondaName: ChannelReference] = [:]

    /// - Parameter sources: The folders of the channels, the dearest channel first; those of one channel next to each other.
    public init(_ sources: [CondaSource], virtualPackages: [VirtualPackage] = [], options: CondaOptions = .init()) {
        self.sources = sources
        self.virtualPackages = virtualPackages
        self.options = options
    }

    /// Tells the records of a package of one folder.
    public mutating func learn(_ records: [RepodataRecord], of name: CondaName, source: Int) {
        guard var known = sources[source].records as? DecodedRecords else { return }
        known.learn(records, of: name)
        sources[source].records = known
    }

    // MARK: - Numbers

    public mutating func number(of name: CondaName) -> CondaPackageID {
        if let known = numbersOfNames[name] { return CondaPackageID(number: known) }
        let number = add(.package(name))
        numbersOfNames[name] = number.number
        return number
    }

    mutating func number(of kind: CondaPackageKind) -> CondaPackageID {
        if case .package(let name) = kind { return number(of: name) }
        if let known = numbers[kind] { return CondaPackageID(number: known) }
        let number = add(kind)
        numbers[kind] = number.number
        return number
    }

    private mutating func add(_ kind: CondaPackageKind) -> CondaPackageID {
        entries.append(Entry(kind: kind))
        return CondaPackageID(number: Int32(entries.count - 1))
    }

    public func kind(of package: CondaPackageID) -> CondaPackageKind { entries[Int(package.number)].kind }

    /// The package whose candidates a package has: itself, or the one that a group of dependencies belongs to.
    public func base(of package: CondaPackageID) -> CondaPackageID {
        guard case .extra(let name, _) = kind(of: package), let base = numbersOfNames[name] else { return package }
        return CondaPackageID(number: base)
    }

    /// What each way to meet a dependency with a condition asks for, the dependency itself last; `nil` for other packages.
    public func ways(of package: CondaPackageID) -> [[CondaDemand]]? {
        if case .branch(let branch) = kind(of: package) { branches[branch].ways } else { nil }
    }

    /// The words of a spec as repodata or a person wrote them, its name included.
    public func text(of spec: CondaSpecID) -> String {
        switch spec {
        case .anything: "*"
        case _ where spec.number < -1: "none of " + specs.text(of: Int(-2 - spec.number))
        default: specs.text(of: Int(spec.number))
        }
    }

    /// A spec, parsed.
    public func matchSpec(_ spec: CondaSpecID) -> MatchSpec? {
        guard spec.number >= 0, case .spec(let parsed) = specs[Int(spec.number)] else { return nil }
        return parsed
    }

    // MARK: - Candidates

    /// How many candidates a package has. Afterwards they are in their order.
    public mutating func candidateCount(of package: CondaPackageID) throws(CondaBookError) -> CandidateAnswer {
        let place = Int(package.number)
        switch entries[place].kind {
        case .extra(let name, _): return .following(number(of: name))
        case .branch(let branch): return .count(branches[branch].ways.count)
        case .package: break
        }
        if let known = entries[place].candidates { return .count(known.count) }
        if let missing = try find(place) { return .unknown(missing) }
        if let missing = try arrange(place) { return .unknown(missing) }
        return .count(entries[place].candidates?.count ?? 0)
    }

    /// Looks up the records of a package; returns what has to be fetched first.
    mutating func find(_ place: Int) throws(CondaBookError) -> [CondaName]? {
        guard entries[place].found == nil, case .package(let name) = entries[place].kind else { return nil }
        var found: [CondaCandidate] = []
        if name.isVirtual {
            found = virtualPackages.filter { $0.name == name }.map { CondaCandidate(.virtual($0), of: name, source: nil) }
        }
        var channel: CondaChannel?
        for (number, source) in sources.enumerated() {
            if let wanted = wantedChannels[name] {
                guard source.channel.isMeant(by: wanted) else { continue }
            } else if options.channelPriority == .strict, let channel, channel != source.channel {
                break
            }
            guard let contents = try contents(of: name, number) else { return [name] }
            var usable = contents.map { CondaCandidate($0, of: name, source: number) }.filter(isInTime)
            if withoutFeatures.contains(name) { usable.removeAll(where: \.hasTrackFeatures) }
            if !contents.isEmpty { channel = source.channel }
            found += usable
        }
        entries[place].found = found
        return nil
    }

    private func contents(of name: CondaName, _ source: Int) throws(CondaBookError) -> [CondaCandidate.Content]? {
        do {
            return try sources[source].records.candidates(of: name)
        } catch {
            throw CondaBookError(sources[source], error)
        }
    }

    private func isInTime(_ candidate: CondaCandidate) -> Bool {
        guard let cutoff = options.excludeNewer else { return true }
        return candidate.timestamp.map { $0 <= cutoff } ?? false
    }

    /// A candidate of a package whose candidates were asked for.
    public func candidate(_ number: Int, of package: CondaPackageID) -> CondaCandidate? {
        guard let candidates = entries[Int(package.number)].candidates, candidates.indices.contains(number) else { return nil }
        return candidates[number]
    }

    /// The candidates of a package, best first, where they were asked for.
    public func candidates(of package: CondaPackageID) -> [CondaCandidate] { entries[Int(package.number)].candidates ?? [] }

    /// Whether a candidate depends on a package, whatever it asks of it.
    public func depends(_ candidate: CondaCandidate, on name: CondaName) throws(CondaBookError) -> Bool {
        guard let number = candidate.source else { return false }
        let wanted = Array(name.description.utf8)
        var isFound = false
        do throws(RepodataError) {
            try sources[number].records.forEachSpec(.depends, of: candidate) { text in
                guard !isFound, text.starts(with: wanted) else { return }
                isFound = text.count == wanted.count || text[wanted.count].endsName
            }
        } catch {
            throw CondaBookError(sources[number], error)
        }
        return isFound
    }

    /// The whole record of a candidate; `nil` for virtual packages.
    public func record(of candidate: CondaCandidate) throws(CondaBookError) -> RepodataRecord? {
        guard let number = candidate.source else { return nil }
        do {
            return try sources[number].records.record(of: candidate)
        } catch {
            throw CondaBookError(sources[number], error)
        }
    }
}

extension UInt8 {
    /// Whether a name in a match spec is over before this byte.
    fileprivate var endsName: Bool {
        switch self {
        case UInt8(ascii: " "), UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "!"), UInt8(ascii: "~"),
            UInt8(ascii: "["), UInt8(ascii: "*"): true
        default: false
        }
    }
}

/// Repodata that cannot be read, and whose it is.
public struct CondaBookError: Error, Sendable, CustomStringConvertible {
    public let channel: CondaChannel
    public let subdir: Subdir
    public let error: RepodataError

    init(_ source: CondaSource, _ error: RepodataError) {
        channel = source.channel
        subdir = source.subdir
        self.error = error
    }

    public var description: String { "the repodata of \(channel) for \(subdir) cannot be read: \(error)" }
}

extension CondaChannel {
    /// Whether this is the channel that a spec names: by its name, or by its URL.
    public func isMeant(by reference: ChannelReference) -> Bool {
        switch reference.kind {
        case .name: name == reference.description || name.hasSuffix("/" + reference.description)
        case .url, .path: reference.isMeant(self, home: "")
        }
    }
}
