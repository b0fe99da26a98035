import Archives
import CondaChannels
import CondaPackaging
import TestSupport
import Testing

/// Repodata that is broken, by accident or not: one clear error, or the records that are right.
@Suite struct HostileRepodataTests {
    private func error(_ file: String, _ bytes: [UInt8]) async throws -> String? {
        let fixture = try await ChannelFixture(["noarch/\(file)": bytes])
        let error = await #expect(throws: CondaChannelError.self) { try await fixture.contents() }
        guard case .broken("demo", let url, let reason)? = error else {
            #expect(Bool(false), "\(error as Any)")
            return nil
        }
        #expect(url == "\(fixture.server.url)/demo/noarch/\(file)")
        #expect(try fixture.files(endingIn: "").allSatisfy { !$0.contains("/repodata/") }, "nothing half done is kept")
        return reason
    }

    @Test(arguments: [
        "[]", "nonsense", "{\"packages\":", "{\"packages\":[]}", "{\"packages\":{\"a-1-0.conda\":3}}", "{\"packages\":{}}x",
        "{\"repodata_version\":99,\"packages\":{}}", String(repeating: "[", count: 2_000), "{\"packages\":{\"a\u{1}\":{}}}",
    ])
    func textThatIsNoRepodata(text: String) async throws {
        #expect(try await error("repodata.json", Array(text.utf8)) != nil)
        #expect(try await error("repodata.json.zst", Zstd.compress(Array(text.utf8))) != nil)
    }

    @Test func cutOffCompression() async throws {
        let whole = Zstd.compress(repodata((0..<500).map { "p\($0)-1-0" }))
        #expect(try await error("repodata.json.zst", Array(whole.prefix(whole.count / 2))) == "the repodata is cut off")
        #expect(try await error("repodata.json.zst", Array("no zstd at all".utf8))?.contains("cannot be decoded") == true)
    }

    @Test func anEndlessFileIsNotUnpacked() async throws {
        // 80 MB of blanks in some kilobytes.
        let reason = try await error("repodata.json.zst", Zstd.compress([UInt8](repeating: 0x20, count: 80 << 20), level: 1))
        #expect(reason?.contains("too large") == true, "\(reason ?? "")")
    }

    @Test func anEmptyFileIsRight() async throws {
        let fixture = try await ChannelFixture(["noarch/repodata.json": []])
        #expect(try await fixture.contents().map(\.packageNames.count) == [0])
        #expect(try await fixture.contents(offline: true).map(\.packageNames.count) == [0])
    }

    @Test(arguments: [
        #"{"name":"a"}"#, #"{"name":"a","version":"1","build":3,"build_number":0}"#,
        #"{"name":"a","version":"1","build":"0","build_number":0,"depends":"b"}"#,
        #"{"name":"a","version":"1!!","build":"0","build_number":0}"#,
    ])
    func aBrokenRecordIsAnErrorWhenItIsAskedFor(record: String) async throws {
        let text = #"{"packages":{"a-1-0.conda":\#(record),"b-1-0.conda":{"name":"b","version":"1","build":"0","build_number":0}}}"#
        let fixture = try await ChannelFixture(["noarch/repodata.json": Array(text.utf8)])
        let content = try await fixture.contents()[0]
        #expect(try content.candidates(of: CondaName(parsing: "b")).count == 1)
        let error = #expect(throws: CondaChannelError.self) { try content.candidates(of: CondaName(parsing: "a")) }
        guard case .broken? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test func namesThatAreNoneArePassedOver() async throws {
        let record = #"{"name":"a","version":"1","build":"0","build_number":0,"depends":["b"]}"#
        let other = #"{"name":"b","version":"1","build":"0","build_number":0,"depends":["a"]}"#
        let text = #"{"packages":{"../../x-1-0.conda":\#(record),"a.conda":\#(record),"a-1-0.conda":\#(record),"a-2-0.conda":\#(other),"b-1-0.conda":\#(other)}}"#
        let fixture = try await ChannelFixture(["noarch/repodata.json": Array(text.utf8)])
        let content = try await fixture.contents()[0]
        #expect(try content.candidates(of: CondaName(parsing: "a")).count == 1, "the record of another package is left out")
        #expect(try content.candidates(of: CondaName(parsing: "b")).count == 1, "a circle is no matter here")
    }
}
