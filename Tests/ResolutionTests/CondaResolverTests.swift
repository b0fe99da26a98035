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
import Testing

/// Channels of this machine, resolved with the words that a person reads where there is no answer.
@Suite struct CondaResolverTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Record {
        var text: String
        var depends: [String] = []
        var constrains: [String] = []
    }

    /// Writes a channel below the folder.
    private func channel(_ name: String, _ records: [Record]) throws -> CondaChannel {
        let entries = try records.map { record in
            let words = record.text.split(separator: " ").map(String.init)
            let build = words.count > 2 ? words[2] : "0"
            let json: [String: Any] = [
                "name": words[0], "version": words[1], "build": build, "build_number": 0, "subdir": "linux-64",
                "depends": record.depends, "constrains": record.constrains, "sha256": String(repeating: "b", count: 64),
            ]
            let data = try JSONSerialization.data(withJSONObject: json)
            return "\"\(words[0])-\(words[1])-\(build).conda\": \(String(decoding: data, as: UTF8.self))"
        }
        let text = "{\"packages.conda\": {\(entries.joined(separator: ",\n"))}}"
        _ = try folder.write(folders: "\(name)/linux-64/repodata.json", Array(text.utf8))
        return try CondaChannel(ChannelReference(parsing: folder.path.appending(name).string), home: "", folder: nil)
    }

    private func resolve(
        _ channels: [CondaChannel], _ specs: [String], asker: Asker? = nil, constraints: [String] = [], glibc: String? = "2.35"
    ) async throws -> [String] {
        let cache = CacheDirectory(root: folder.path.appending("cache"))
        let client = ChannelClient(
            settings: try ChannelSettings.discover(options: ChannelOptions(), environment: [:]),
            connections: IndexConfiguration(indexes: []), cache: cache)
        func requirement(_ text: String) throws -> CondaRequirement {
            CondaRequirement(try MatchSpec(parsing: text), spelled: text, asker: asker)
        }
        var request = CondaRequest(try specs.map(requirement), channels: channels)
        request.constraints = try constraints.map(requirement)
        let virtual = try (glibc.map { [try VirtualPackage(parsing: "__glibc=\($0)")] } ?? []) + [try VirtualPackage(parsing: "__linux=5.15")]
        let resolver = CondaResolver(client: client)
        let result: Result<[String], any Error>
        do {
            let packages = try await resolver.packages(for: request, on: CondaTarget(subdir: .linux64, virtualPackages: virtual))
            result = .success(packages.map { "\($0.record.name) \($0.record.version) \($0.url.split(separator: "/").suffix(3).joined(separator: "/"))" })
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        return try result.get()
    }

    @Test func fromAChannelOfThisMachine() async throws {
        let main = try channel("main", [
            Record(text: "python 3.12.1"), Record(text: "numpy 2.0 py312", depends: ["python >=3.12,<3.13"]),
        ])
        #expect(try await resolve([main], ["numpy"]) == [
            "numpy 2.0 main/linux-64/numpy-2.0-py312.conda", "python 3.12.1 main/linux-64/python-3.12.1-0.conda",
        ])
    }

    // MARK: - Conflicts

    private func words(
        _ channels: [CondaChannel], _ specs: [String], asker: Asker? = nil, constraints: [String] = [], glibc: String? = "2.35"
    ) async throws -> String {
        do {
            let found = try await resolve(channels, specs, asker: asker, constraints: constraints, glibc: glibc)
            return "solved: \(found)"
        } catch let error as any DiagnosticError {
            let told = error.diagnostic
            let help = told.help.map { "\nhelp: \($0)" } ?? ""
            return ([told.headline] + told.details).joined(separator: "\n").replacing(folder.path.string, with: "…") + help.replacing(folder.path.string, with: "…")
        }
    }

    private func main() throws -> CondaChannel {
        try channel("main", [
            Record(text: "python 3.12.1"), Record(text: "python 3.11.7"), Record(text: "python 3.8.20"),
            Record(text: "numpy 2.0 py312", depends: ["python >=3.12,<3.13.0a0"]), Record(text: "numpy 1.26 py311", depends: ["python >=3.11,<3.12.0a0"]),
            Record(text: "pandas 2.2", depends: ["numpy >=1.26,<2.0a0", "python >=3.11,<3.12.0a0"]),
            Record(text: "pandas 1.5", depends: ["numpy <1.25", "python"]),
            Record(text: "new 1.0", depends: ["__glibc >=2.40"]), Record(text: "gpu 1.0", depends: ["__cuda >=12"]),
            Record(text: "sole 1.0", depends: ["gone >=3"]), Record(text: "odd 1.0", depends: ["what ["]),
            Record(text: "keeper 1.0", constrains: ["numpy <2.0a0"]),
        ])
    }

    @Test func explained() async throws {
        let main = try main()
        let asker = Asker("step 'train' (@conda)")
        #expect(try await words([main], ["numpy=99"], asker: asker) == """
            numpy=99 cannot be had
            Step 'train' (@conda) asks for numpy=99, but there is no such build (there is 1.26 to 2.0).
            """)
        #expect(try await words([main], ["nunpy"]) == """
            nunpy cannot be had
            You ask for nunpy, which main does not have for linux-64.
            help: did you mean numpy?
            """)
        #expect(try await words([main], ["pandas=2.2", "python=3.12"]) == """
            pandas=2.2 and python=3.12 do not go together
            You ask for pandas=2.2, you ask for python=3.12, and pandas 2.2 needs python >=3.11,<3.12.0a0.
            """)
        #expect(try await words([main], ["new"]) == """
            new cannot be had
            You ask for new, and new 1.0 needs __glibc >=2.40, but there is no such build (there is only 2.35).
            help: if the machines that will run this have another __glibc than 2.35, say so with CONDA_OVERRIDE_GLIBC
            """)
        #expect(try await words([main], ["gpu"]) == """
            gpu cannot be had
            You ask for gpu, and gpu 1.0 needs __cuda >=12, which linux-64 does not have here.
            help: if the machines that will run this have __cuda, say so with CONDA_OVERRIDE_CUDA=VERSION
            """)
        #expect(try await words([main], ["sole"]) == """
            sole cannot be had
            You ask for sole, and sole 1.0 needs gone >=3, which main does not have for linux-64.
            help: check the spelling of gone, or name a channel that has it: CHANNEL::gone
            """)
        #expect(try await words([main], ["odd"]) == """
            odd cannot be had
            You ask for odd, and odd 1.0 has a dependency that cannot be read: 'what ['.
            """)
        #expect(try await words([main], ["keeper", "numpy>=2"]) == """
            keeper and numpy>=2 do not go together
            You ask for keeper, you ask for numpy>=2, and keeper 1.0 allows only numpy <2.0a0.
            """)
        let later = try channel("later", [Record(text: "numpy 99.0")])
        #expect(try await words([main, later], ["numpy>=90"]) == """
            numpy>=90 cannot be had
            You ask for numpy>=90, but there is no such build (there is 1.26 to 2.0).
            help: later has one that would do, and comes later: write later::numpy, or put it first
            """)
    }
}
