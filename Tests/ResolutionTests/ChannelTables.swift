import CondaChannels
import CondaPackaging
import CondaSolving
import Diagnostics
import Foundation
import Lockfiles
import PackageSources
import Resolution
import SystemPackage
import TestSupport

/// Conda channels made of tables, in a folder of this machine.
///
/// A record is a line: `name version build (facts): spec | spec`, where the build may be left out and facts, separated by `;`, are
/// `constrains SPEC`, `features NAME`, `at MILLISECONDS` and `extra NAME SPEC`.
struct ChannelTables {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What is asked for.
    struct Wish {
        var channels: [CondaChannel]
        var specs: [String]
        var asker: Asker?
        var constraints: [String] = []
        var virtual = ["__glibc=2.35", "__linux=5.15", "__unix=0"]
        var options = CondaOptions()

        init(_ channels: [CondaChannel], _ specs: [String]) {
            self.channels = channels
            self.specs = specs
        }

        func request() throws -> CondaRequest {
            func requirement(_ text: String) throws -> CondaRequirement {
                CondaRequirement(try MatchSpec(parsing: text), spelled: text, asker: asker)
            }
            var request = CondaRequest(try specs.map(requirement), channels: channels)
            request.constraints = try constraints.map(requirement)
            request.options = options
            return request
        }

        func target() throws -> CondaTarget {
            CondaTarget(subdir: .linux64, virtualPackages: try virtual.map { try VirtualPackage(parsing: $0) })
        }
    }

    /// Writes a channel below the folder.
    func channel(_ name: String, _ table: String) throws -> CondaChannel {
        let entries = try table.split(separator: "\n").map(Self.entry)
        let text = "{\"packages.conda\": {\(entries.joined(separator: ",\n"))}}"
        _ = try folder.write(folders: "\(name)/linux-64/repodata.json", Array(text.utf8))
        return try CondaChannel(ChannelReference(parsing: folder.path.appending(name).string), home: "", folder: nil)
    }

    private static func entry(_ line: Substring) throws -> String {
        let parts = line.split(separator: ": ", maxSplits: 1)
        let head = parts[0].split(separator: "(", maxSplits: 1)
        let words = head[0].split(separator: " ").map(String.init)
        let build = words.count > 2 ? words[2] : "0"
        var json: [String: Any] = [
            "name": words[0], "version": words[1], "build": build, "build_number": 0, "subdir": "linux-64",
            "depends": parts.count > 1 ? parts[1].split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } : [],
            "sha256": String(repeating: "b", count: 64),
        ]
        var constrains: [String] = []
        var extras: [String: [String]] = [:]
        for fact in head.count > 1 ? head[1].prefix(while: { $0 != ")" }).split(separator: ";") : [] {
            let words = fact.split(separator: " ", maxSplits: 1).map(String.init)
            switch words[0] {
            case "constrains": constrains.append(words[1])
            case "features": json["track_features"] = words[1]
            case "at": json["timestamp"] = Int(words[1])
            case "extra":
                let extra = words[1].split(separator: " ", maxSplits: 1).map(String.init)
                extras[extra[0], default: []].append(extra[1])
            default: preconditionFailure("no such fact: \(fact)")
            }
        }
        json["constrains"] = constrains
        if !extras.isEmpty { json["extra_depends"] = extras }
        let data = try JSONSerialization.data(withJSONObject: json)
        return "\"\(words[0])-\(words[1])-\(build).conda\": \(String(decoding: data, as: UTF8.self))"
    }

    /// A client of these channels, until `body` has ended.
    func withClient<Result>(_ body: (ChannelClient) async throws -> Result) async throws -> Result {
        let client = ChannelClient(
            settings: try ChannelSettings.discover(options: ChannelOptions(), environment: [:]),
            connections: IndexConfiguration(indexes: []), cache: CacheDirectory(root: folder.path.appending("cache")))
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Each package with its version and archive.
    func resolve(_ wish: Wish) async throws -> [String] {
        try await withClient { client in
            let packages = try await CondaResolver(source: client).packages(for: try wish.request(), on: try wish.target())
            return packages.map {
                "\($0.record.name) \($0.record.version) \($0.url.split(separator: "/").suffix(3).joined(separator: "/"))"
            }
        }
    }

    /// Why there is no answer, as a person sees it.
    func words(_ wish: Wish) async throws -> String {
        do {
            return "solved: \(try await resolve(wish))"
        } catch CondaResolutionError.noSolution(let conflict) {
            return conflict.asShown.replacing(folder.path.string, with: "…")
        }
    }
}
