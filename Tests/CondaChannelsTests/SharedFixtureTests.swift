import CondaChannels
import CondaPackaging
import FoundationEssentials
import SystemPackage
import TestSupport
import Testing

/// Real repodata and real packages, from the folder that `PENSTOCK_FIXTURES` names (`../shared/fixtures` without it).
@Suite(.enabled(if: SharedFixtures.arePresent, "no packages of conda in the folder that PENSTOCK_FIXTURES names"))
struct SharedFixtureTests {
    private func contents(_ channel: String, _ subdir: Subdir) async throws -> [ChannelContent] {
        let fixture = try await ChannelFixture([:])
        var settings = fixture.settings
        settings.channelNames = [FilePath("\(SharedFixtures.folder)/conda/\(channel)").lexicallyNormalized().string]
        return try await fixture.withClient(settings) { try await $0.contents(of: $0.settings.channels(), for: subdir) }
    }

    @Test(arguments: [
        ("cf-sample", "linux-64", [12_321, 5_219]), ("cf-sample", "osx-arm64", [10_153, 5_219]), ("main-2018", "linux-64", [5_305, 332]),
    ])
    func everyRecordIsRead(channel: String, subdir: String, counts: [Int]) async throws {
        let contents = try await contents("repodata/\(channel)", Subdir(parsing: subdir))
        let found = try contents.map { content in try content.packageNames.reduce(0) { try $0 + content.records(of: $1).count } }
        #expect(found.count == counts.count && zip(found, counts).allSatisfy { $0 <= $1 && $0 * 10 > $1 * 9 }, "\(found)")
    }

    @Test func bothFormatsProvideTheSame() async throws {
        let fixture = try await ChannelFixture([:])
        try await fixture.withClient(offline: true) { client in
            let reader = PackageInfoReader(client.archives, cache: fixture.cache)
            let folder = FilePath("\(SharedFixtures.folder)/conda/packages/demo/noarch").lexicallyNormalized().string
            let found = try await ["conda", "tar.bz2"].asyncMap { ending in
                try await reader.provided(by: CondaArchiveOrder(url: "file://\(folder)/noarch-app-2.1-pyh0000000_0.\(ending)"))
            }
            #expect(found[0] == found[1])
            #expect(found[0].distributions.map { "\($0.name) \($0.version)" } == ["noarch-app 2.1"])
        }
    }
}

/// Where the shared fixtures are.
enum SharedFixtures {
    static let folder: String = {
        if let named = ProcessInfo.processInfo.environment["PENSTOCK_FIXTURES"] { return named }
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return root + "/../shared/fixtures"
    }()

    static var arePresent: Bool { FileManager.default.fileExists(atPath: folder + "/conda/packages/demo") }
}

extension Array {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
