import Diagnostics
import Digests
import PythonPackaging
import Resolution
import Testing

@Suite struct PinnedRequirementsTests {
    private func root(_ text: String, hashed: Bool = true) throws -> RootRequirement {
        var root = try RootRequirement(parsing: text)
        if hashed { root.hashes = [SHA256Digest(hashing: text)] }
        return root
    }

    @Test func pinned() throws {
        let request = ResolutionRequest([
            try root("a==1.0"), try root("b==1; python_version < '3.9'"), try root("b==2; python_version >= '3.9'"),
            try root("c===3"),
        ])
        let pinned = try PinnedRequirements(request)
        #expect(pinned.request.requirements == request.requirements)
        #expect(
            pinned.request.preferences == [
                try PackageName(parsing: "a"): try Version(parsing: "1.0"),
                try PackageName(parsing: "c"): try Version(parsing: "3"),
            ])
    }

    @Test func loose() throws {
        let request = ResolutionRequest(try ["a==1", "b>=1", "c", "d==1.*", "e==1,<2"].map { try root($0) })
        let error = #expect(throws: PinnedRequirementsError.self) { try PinnedRequirements(request) }
        #expect(error == .notPinned(["b>=1", "c", "d==1.*", "e==1,<2"]))
        #expect(error?.diagnostic.details.count == 4)
        let unhashed = ResolutionRequest([try root("a==1"), try root("b==1", hashed: false)])
        #expect(throws: PinnedRequirementsError.withoutHash(["b==1"])) { try PinnedRequirements(unhashed) }
    }
}
