import CondaChannels
import CondaPackaging
import CondaSolving
import Foundation
import PythonPackaging
import Resolution
import Synchronization

/// A channel made of a table.
///
/// As text, a record is a line: `name version build (facts): depends | depends`. The build may be left out. Facts, separated by
/// commas, are `has PROJECT VERSION` (a Python project in it), `extra PROJECT EXTRA REQUIREMENT` (what the metadata of that
/// project asks for on behalf of an extra), `constrains SPEC`, `noarch`, `number N`, `time MILLISECONDS`, `features`,
/// `site PATH`, `wild` (metadata that cannot be read) and `no list` (an archive without a list of files).
final class TableChannel: CondaPackageSource {
    struct Record {
        var json: [String: Any] = [:]
        var projects: [ProvidedDistribution] = []
        var extras: [String: [(extra: String, requirement: String)]] = [:]
        var isWild = false
        var hasList = true
    }

    let channels: [CondaChannel]
    private let tables: [Substring]
    private let archives: [String: Found]
    /// What was asked for, in the order in which it was.
    let requests = Mutex<[String]>([])

    private struct Found: Sendable {
        var projects: [ProvidedDistribution]
        var metadata: [String: String]
        var hasList: Bool
    }

    /// - Parameter text: Records, below a line `channel NAME` for each channel; of the channel `main` where there is none.
    init(_ text: String) throws {
        var channels: [CondaChannel] = []
        var tables: [Substring] = []
        let text = text.hasPrefix("channel ") ? text : "channel main\n" + text
        for part in text.split(separator: "channel ") {
            let name = part.prefix { $0 != "\n" }
            channels.append(try CondaChannel(ChannelReference(parsing: "https://conda.example/\(name)"), home: "https://conda.example"))
            tables.append(part.dropFirst(name.count))
        }
        self.channels = channels
        self.tables = tables
        var archives: [String: Found] = [:]
        for (channel, table) in zip(channels, tables) {
            for line in table.split(separator: "\n") {
                let (file, record) = try Self.parse(line)
                var metadata: [String: String] = [:]
                for project in record.projects {
                    metadata[project.metadataPath] = record.isWild
                        ? "\u{0}\u{1} no metadata" : Self.metadata(project, record.extras[project.name.description] ?? [])
                }
                archives["\(channel.baseURL)/linux-64/\(file)"] = Found(
                    projects: record.projects, metadata: metadata, hasList: record.hasList)
            }
        }
        self.archives = archives
    }

    private static func metadata(_ project: ProvidedDistribution, _ extras: [(extra: String, requirement: String)]) -> String {
        var lines = ["Metadata-Version: 2.1", "Name: \(project.name)", "Version: \(project.version)"]
        for extra in extras {
            lines.append("Provides-Extra: \(extra.extra)")
            lines.append("Requires-Dist: \(extra.requirement) ; extra == '\(extra.extra)'")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func parse(_ line: Substring) throws -> (file: String, record: Record) {
        let halves = line.split(separator: ": ", maxSplits: 1)
        let head = halves[0].split(separator: "(", maxSplits: 1)
        let words = head[0].split(whereSeparator: { $0 == " " || $0 == ":" }).map(String.init)
        let build = words.count > 2 ? words[2] : "0"
        var record = Record()
        record.json = [
            "name": words[0], "version": words[1], "build": build, "build_number": 0, "subdir": "linux-64",
            "sha256": String(repeating: "c", count: 64),
            "depends": halves.count > 1 ? halves[1].components(separatedBy: " | ") : [],
        ]
        if head.count > 1 {
            for fact in head[1].prefix(while: { $0 != ")" }).components(separatedBy: ", ") { try apply(fact, to: &record) }
        }
        return ("\(words[0])-\(words[1])-\(build).conda", record)
    }

    private static func apply(_ fact: String, to record: inout Record) throws {
        let words = fact.split(separator: " ").map(String.init)
        let rest = words.dropFirst().joined(separator: " ")
        switch words[0] {
        case "has":
            record.projects.append(ProvidedDistribution(
                name: try PackageName(parsing: words[1]), version: try Version(parsing: words[2]),
                metadataPath: "site-packages/\(words[1])-\(words[2]).dist-info/METADATA"))
        case "extra": record.extras[words[1], default: []].append((words[2], words.dropFirst(3).joined(separator: " ")))
        case "constrains": record.json["constrains"] = (record.json["constrains"] as? [String] ?? []) + [rest]
        case "noarch": record.json["noarch"] = "python"
        case "number": record.json["build_number"] = Int(words[1])
        case "time": record.json["timestamp"] = Int(words[1])
        case "features": record.json["track_features"] = "slow"
        case "site": record.json["python_site_packages_path"] = words[1]
        case "wild": record.isWild = true
        case "no": record.hasList = false
        default: preconditionFailure("no such fact: \(fact)")
        }
    }

    // MARK: - The protocol

    func contents(of channels: [CondaChannel], for subdir: Subdir) async throws(CondaChannelError) -> [ChannelContent] {
        var contents: [ChannelContent] = []
        for channel in channels {
            guard let place = self.channels.firstIndex(where: { $0.baseURL == channel.baseURL }) else { continue }
            do {
                var packages: [String: Any] = [:]
                for line in tables[place].split(separator: "\n") {
                    let (file, record) = try Self.parse(line)
                    packages[file] = record.json
                }
                let data = try JSONSerialization.data(withJSONObject: ["packages.conda": packages], options: .sortedKeys)
                contents.append(try ChannelContent(channel, subdir, repodata: Array(data)))
            } catch {
                throw .broken(channel: channel.name, url: channel.baseURL, reason: "\(error)")
            }
        }
        return contents
    }

    func load(_ names: [CondaName], in contents: [ChannelContent]) async throws(CondaChannelError) {}

    func projects(in archive: CondaArchiveOrder) async throws(CondaChannelError) -> ProvidedProjects {
        let file = archive.url.split(separator: "/").last.map(String.init) ?? ""
        requests.withLock { $0.append("look \(file)") }
        guard let found = archives[archive.url], found.hasList else {
            throw .notAPackage(url: archive.url, reason: "it has no list of files")
        }
        return ProvidedProjects(found.projects)
    }

    func metadata(of project: ProvidedDistribution, in archive: CondaArchiveOrder) async throws(CondaChannelError) -> [UInt8] {
        requests.withLock { $0.append("metadata \(project.name)") }
        return Array((archives[archive.url]?.metadata[project.metadataPath] ?? "").utf8)
    }
}
