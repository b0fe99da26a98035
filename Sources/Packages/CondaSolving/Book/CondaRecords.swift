public import CondaPackaging

/// The records of one platform's folder of a channel, by the names of their packages: whole repodata, or shards as far as
/// they were fetched.
public protocol CondaRecords: Sendable {
    /// What a solver looks at of the records of a package; `nil` where they have yet to be fetched.
    func candidates(of name: CondaName) throws(RepodataError) -> [CondaCandidate.Content]?

    /// Calls `body` with each match spec of a candidate's dependencies or constraints.
    func forEachSpec(
        _ kind: CondaSpecKind, of candidate: CondaCandidate, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(RepodataError)

    /// Groups of further dependencies by their names (CEP 44).
    func extraDependencies(of candidate: CondaCandidate) throws(RepodataError) -> [String: [String]]

    /// The whole record; `nil` for what is no record of these.
    func record(of candidate: CondaCandidate) throws(RepodataError) -> RepodataRecord?

    /// The names of all packages.
    var packageNames: [CondaName] { get }
}

/// The two lists of match specs that a record has.
public enum CondaSpecKind: Sendable {
    case depends, constrains
}

/// A folder of a channel, and what is in it.
public struct CondaSource: Sendable {
    public let channel: CondaChannel
    public let subdir: Subdir
    public var records: any CondaRecords

    public init(channel: CondaChannel, subdir: Subdir, records: any CondaRecords) {
        self.channel = channel
        self.subdir = subdir
        self.records = records
    }
}

/// One record as a solver sees it.
public struct CondaCandidate: Sendable {
    /// Where the rest of it is.
    public enum Content: Sendable {
        /// In the bytes of repodata.
        case place(RepodataCandidate)
        /// A record that was decoded as a whole.
        case record(RepodataRecord)
        /// Nowhere: it stands for a property of the machine.
        case virtual(VirtualPackage)
    }

    public let content: Content
    public let name: CondaName
    /// The number of the folder that it is in; virtual packages are in none.
    public let source: Int?

    public init(_ content: Content, of name: CondaName, source: Int?) {
        self.content = content
        self.name = name
        self.source = source
    }

    public var version: CondaVersion {
        switch content {
        case .place(let candidate): candidate.version
        case .record(let record): record.version
        case .virtual(let package): package.version
        }
    }

    public var build: String {
        switch content {
        case .place(let candidate): candidate.build
        case .record(let record): record.build
        case .virtual(let package): package.build
        }
    }

    public var buildNumber: UInt64 {
        switch content {
        case .place(let candidate): candidate.buildNumber
        case .record(let record): record.buildNumber
        case .virtual: 0
        }
    }

    /// Whether it goes into the environments of every platform, and how.
    public var noarch: RepodataRecord.NoArch? {
        switch content {
        case .place(let candidate): candidate.noarch
        case .record(let record): record.noarch
        case .virtual: nil
        }
    }

    var hasTrackFeatures: Bool {
        switch content {
        case .place(let candidate): candidate.trackFeatureCount > 0
        case .record(let record): !record.trackFeatures.isEmpty
        case .virtual: false
        }
    }

    /// When it became available, in milliseconds since 1970.
    public var timestamp: Int64? {
        switch content {
        case .place(let candidate): candidate.timestamp
        case .record(let record): record.effectiveTimestamp
        case .virtual: nil
        }
    }
}

extension Repodata: CondaRecords {
    public func candidates(of name: CondaName) throws(RepodataError) -> [CondaCandidate.Content]? {
        let found: [RepodataCandidate] = try candidates(of: name)
        return found.map { .place($0) }
    }

    public func forEachSpec(
        _ kind: CondaSpecKind, of candidate: CondaCandidate, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(RepodataError) {
        guard case .place(let candidate) = candidate.content else { return }
        try bytes.withBytes { bytes throws(RepodataError) in
            switch kind {
            case .depends: try candidate.forEachDependency(in: bytes, body)
            case .constrains: try candidate.forEachConstraint(in: bytes, body)
            }
        }
    }

    public func extraDependencies(of candidate: CondaCandidate) throws(RepodataError) -> [String: [String]] {
        guard case .place(let candidate) = candidate.content else { return [:] }
        return try bytes.withBytes { bytes throws(RepodataError) in try candidate.extraDependencies(in: bytes) }
    }

    public func record(of candidate: CondaCandidate) throws(RepodataError) -> RepodataRecord? {
        switch candidate.content {
        case .place(let candidate): return try record(of: candidate)
        case .record(let record): return record
        case .virtual: return nil
        }
    }
}

/// Records that were decoded as a whole, such as those of shards.
public struct DecodedRecords: CondaRecords {
    /// The names whose records are known, those without any among them.
    public private(set) var records: [CondaName: [RepodataRecord]]
    /// All names that there are; `nil` where those in `records` are all.
    private let names: Set<CondaName>?

    /// - Parameter names: Every package of the folder, where the records of some are not known yet.
    public init(_ records: [CondaName: [RepodataRecord]] = [:], of names: Set<CondaName>? = nil) {
        self.records = records
        self.names = names
    }

    /// Adds the records of a package that were fetched.
    public mutating func learn(_ found: [RepodataRecord], of name: CondaName) { records[name] = found }

    public func candidates(of name: CondaName) throws(RepodataError) -> [CondaCandidate.Content]? {
        if let known = records[name] { return known.map { .record($0) } }
        return mayHave(name) ? nil : []
    }

    public func forEachSpec(
        _ kind: CondaSpecKind, of candidate: CondaCandidate, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) throws(RepodataError) {
        guard case .record(let record) = candidate.content else { return }
        for var text in kind == .depends ? record.depends : record.constrains { text.withUTF8(body) }
    }

    public func extraDependencies(of candidate: CondaCandidate) throws(RepodataError) -> [String: [String]] {
        guard case .record(let record) = candidate.content else { return [:] }
        return record.extraDepends
    }

    public func record(of candidate: CondaCandidate) throws(RepodataError) -> RepodataRecord? {
        guard case .record(let record) = candidate.content else { return nil }
        return record
    }

    private func mayHave(_ name: CondaName) -> Bool { names?.contains(name) ?? (records[name] != nil) }

    public var packageNames: [CondaName] { names.map(Array.init) ?? Array(records.keys) }
}
