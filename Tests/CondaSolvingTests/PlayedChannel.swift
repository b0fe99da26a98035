import CondaPackaging
import CondaSolving

/// Records made for a test: `numpy 2.0 py312_0`, with what they depend on.
struct PlayedRecord {
    var text: String
    var depends: [String] = []
    var constrains: [String] = []
    var trackFeatures: [String] = []
    var extras: [String: [String]] = [:]
    var timestamp: Int64?
    var number: UInt64 = 0

    func record() throws -> RepodataRecord {
        let words = text.split(separator: " ").map(String.init)
        let build = words.count > 2 ? words[2] : "0"
        var record = RepodataRecord(
            fileName: try ArchiveName(parsing: "\(words[0])-\(words[1])-\(build).conda"), name: try CondaName(parsing: words[0]),
            version: try CondaVersion(parsing: words[1]), build: build, buildNumber: number, subdir: .linux64)
        record.depends = depends
        record.constrains = constrains
        record.trackFeatures = trackFeatures
        record.extraDepends = extras
        record.timestamp = timestamp
        return record
    }
}

/// Channels made for a test, and what a solve over them gives.
struct PlayedChannels {
    var sources: [CondaSource] = []
    var virtual: [VirtualPackage] = []
    var options = CondaOptions()

    init(_ channels: [(String, [PlayedRecord])]) throws {
        for (name, records) in channels {
            let channel = try CondaChannel(ChannelReference(parsing: name), home: "https://channels.example")
            let known = Dictionary(grouping: try records.map { try $0.record() }, by: \.name)
            sources.append(CondaSource(channel: channel, subdir: .linux64, records: DecodedRecords(known)))
        }
    }

    init(_ records: [PlayedRecord]) throws { try self.init([("main", records)]) }

    func solver(_ specs: [String], constraints: [String] = []) throws -> CondaSolver {
        try CondaSolver(
            CondaBook(sources, virtualPackages: virtual, options: options), requirements: specs.map { try MatchSpec(parsing: $0) },
            constraints: constraints.map { try MatchSpec(parsing: $0) })
    }

    /// `name=version=build` of each record, by name; `nil` where there is no solution.
    func solve(_ specs: [String], constraints: [String] = []) throws -> [String]? {
        var solver = try solver(specs, constraints: constraints)
        guard case .solved(let records) = try solver.advance() else { return nil }
        return records.map { "\($0.record.name)=\($0.record.version)=\($0.record.build)" }
    }
}
