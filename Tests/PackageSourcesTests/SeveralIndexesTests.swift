import Diagnostics
import PackageSources
import PythonPackaging
import TestSupport
import Testing

@Suite struct SeveralIndexesTests {
    /// Two indexes with a different set of versions each, one of them in both; the second has what the first has not.
    private func two() async throws -> (ClientFixture, LoopbackIndex) {
        let fixture = try await ClientFixture()
        let other = try await LoopbackIndex()
        for version in ["1", "3"] { fixture.index.add(WheelBuilder("demo", version)) }
        for version in ["2", "3", "4"] { other.add(WheelBuilder("demo", version)) }
        other.add(WheelBuilder("private", "1"))
        return (fixture, other)
    }

    private func configuration(_ strategy: IndexStrategy = .firstIndex, _ urls: String...) throws -> IndexConfiguration {
        IndexConfiguration(indexes: try urls.flatMap { try IndexConfiguration(index: $0).indexes }, strategy: strategy)
    }

    @Test func theFirstThatKnowsAnswersAlone() async throws {
        let (fixture, other) = try await two()
        let configuration = try configuration(.firstIndex, fixture.index.url, other.url)
        #expect(try await fixture.page("demo", configuration)?.map(\.version.description) == ["3", "1"])
        #expect(other.requestCount() == 0, "a later index does not even learn that the project is wanted")
        for _ in 0..<2 { #expect(try await fixture.page("private", configuration)?.count == 1) }
        #expect(fixture.index.requestCount(endingWith: "/private/") == 1)
        #expect(try await fixture.page("nobody", configuration) == nil)
    }

    @Test func theBestOfAll() async throws {
        let (fixture, other) = try await two()
        let configuration = try configuration(.unsafeBestMatch, fixture.index.url, other.url)
        let listing = try #require(try await fixture.page("demo", configuration))
        #expect(listing.map(\.version.description) == ["4", "3", "2", "1"])
        #expect(listing[1].files.map(\.index.address.port) == [fixture.index.server.port])
        #expect(listing[2].files.map(\.index.address.port) == [other.server.port])
        #expect(listing.indices.map { listing.indexRank(at: $0) } == [0, 0, 0, 0])
        #expect(try await fixture.page("private", configuration)?.count == 1)
        #expect(try await fixture.page("nobody", configuration) == nil)
    }

    @Test func theFirstMatch() async throws {
        let (fixture, other) = try await two()
        let configuration = try configuration(.unsafeFirstMatch, fixture.index.url, other.url)
        for _ in 0..<2 {
            let listing = try #require(try await fixture.page("demo", configuration))
            #expect(listing.map(\.version.description) == ["4", "3", "2", "1"])
            #expect(listing.indices.map { listing.indexRank(at: $0) } == [1, 0, 1, 0])
        }
    }

    /// Otherwise whoever can make the private index fail decides what is installed.
    @Test(arguments: [401, 403, 500])
    func anIndexThatFailsIsNotPassedOver(status: Int) async throws {
        let (fixture, other) = try await two()
        fixture.index.update { $0.change = { _, reply in reply = .init(status) } }
        let configuration = try configuration(.firstIndex, fixture.index.url, other.url)
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("private", configuration) }
        guard case .index(let index, let project, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(index.address.port == fixture.index.server.port)
        #expect(project.description == "private")
        #expect(other.requestCount() == 0)
        let diagnostic = try #require(error?.diagnostic)
        #expect(diagnostic.details.contains { $0.contains("asked for 'private'") && $0.contains("the caller") })
    }

    @Test func anIndexThatIsGoneIsNotPassedOver() async throws {
        let (fixture, other) = try await two()
        let closed = try ClosedPort()
        for strategy in IndexStrategy.allCases {
            let configuration = try configuration(strategy, "\(closed.url)/simple", other.url)
            let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("private", configuration) }
            guard case .unreachable(_, attempts: 4, _)? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
            #expect(error?.diagnostic.headline.contains("4 attempts") == true)
            #expect(error?.diagnostic.failure == .infrastructure)
        }
    }

    @Test func aPinnedPackageComesFromItsIndexAlone() async throws {
        let (fixture, other) = try await two()
        var configuration = try configuration(.unsafeBestMatch, fixture.index.url)
        let demo = try PackageName(parsing: "demo")
        configuration.pins = [.init(package: demo, index: try PackageIndex(other.url, origin: "a test"))]
        #expect(try await fixture.page("demo", configuration)?.map(\.version.description) == ["4", "3", "2"])
        #expect(fixture.index.requestCount() == 0)
        // Asked for nothing else.
        #expect(try await fixture.page("private", configuration) == nil)
        #expect(other.requestCount(endingWith: "/private/") == 0)
    }

    @Test func aPinMayHoldForSomeTargetsOnly() async throws {
        let (fixture, other) = try await two()
        var configuration = try configuration(.firstIndex, fixture.index.url)
        let demo = try PackageName(parsing: "demo")
        configuration.pins = [
            .init(
                package: demo, index: try PackageIndex(other.url, origin: "a test"),
                marker: try Marker(parsing: "python_version < '3.10'"))
        ]
        try await fixture.withClient(configuration) { client in
            for (python, expected) in [("3.9", ["4", "3", "2"]), ("3.12", ["3", "1"]), ("3.9", ["4", "3", "2"])] {
                let environment = try PythonTarget(platform: "linux-x86_64", python: Version(parsing: python)).markerEnvironment
                #expect(try await client.page(for: demo, in: environment)?.map(\.version.description) == expected)
            }
            #expect(try await client.page(for: demo)?.map(\.version.description) == ["3", "1"])
        }
    }
}
