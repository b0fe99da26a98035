import CodePackage
import Digests
import FlowModel
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Archives of files that nobody touched are found without reading them.
@Suite struct KeepingTests {
    /// Times of files are set to long ago by another tree with the same files; a test cannot set when a file was changed.
    private func contents(_ tree: Tree) -> PackageContents { PackageContents(flowFile: tree.flow) }

    @Test func aFileThatWasChangedJustNowIsNotTrusted() throws {
        let tree = Tree([("flow.py", "a")])
        #expect(PackageFingerprint(try FlowPackage(contents(tree))) == nil)
    }

    @Test(.timeLimit(.minutes(1))) func everyTouchShows() async throws {
        let tree = Tree([("flow.py", "a"), ("m.py", "b"), ("n.py", "c")])
        try await Task.sleep(for: .milliseconds(2200))
        func fingerprint(_ change: (inout PackageContents) -> Void = { _ in }) throws -> PackageFingerprint? {
            var contents = contents(tree)
            change(&contents)
            return PackageFingerprint(try FlowPackage(contents))
        }
        let first = try fingerprint()
        #expect(first != nil)
        #expect(try fingerprint() == first)
        #expect(try fingerprint { $0.facts["script"] = .string("flow.py") } != first)
        #expect(try fingerprint { $0.suffixes = [".txt"] } == first)
        chmod(tree.root.appending("m.py").string, 0o755)
        #expect(try fingerprint() == nil)
        try await Task.sleep(for: .milliseconds(2200))
        let second = try fingerprint()
        #expect(second != nil && second != first)
        unlink(tree.root.appending("n.py").string)
        #expect(try fingerprint() != second)
    }

    @Test(.timeLimit(.minutes(1))) func theNewestArchiveIsKept() async throws {
        let (tree, cache) = (Tree([("flow.py", "a")]), Tree([]))
        try await Task.sleep(for: .milliseconds(2200))
        let package = try FlowPackage(contents(tree))
        let fingerprint = try #require(PackageFingerprint(package))
        let kept = KeptArchives(in: cache.root, of: tree.flow)
        #expect(kept.archive(of: fingerprint) == nil)
        let archive = try package.archive()
        let digest = SHA256Digest(hashing: archive)
        kept.keep(archive, digest: digest, for: fingerprint)
        let found = try #require(kept.archive(of: fingerprint))
        #expect(found.digest == digest)
        #expect(KeptArchives.read(found.file, digest: digest) == archive)
        #expect(KeptArchives.holds(found.file, digest) && !KeptArchives.holds("/nowhere/at/all", digest))
        #expect(KeptArchives(in: cache.root, of: "/other/flow.py").archive(of: fingerprint) == nil)
        // What was damaged is not given away.
        cache.add(String(found.file.string.dropFirst(cache.root.string.count + 1)), "damaged")
        #expect(KeptArchives.read(found.file, digest: digest) == nil)
        #expect(!KeptArchives.holds(found.file, digest))
        chmod(tree.flow.string, 0o755)
        try await Task.sleep(for: .milliseconds(2200))
        let next = try #require(PackageFingerprint(try FlowPackage(contents(tree))))
        kept.keep(archive, digest: digest, for: next)
        #expect(kept.archive(of: fingerprint) == nil)
        #expect(kept.archive(of: next) != nil)
    }

    /// A large package is made in pieces, on any number of processors, with the same bytes; every tool can unpack it.
    @Test func largePackagesAreMadeInPieces() throws {
        let text = (0..<40_000).map { "line \($0 * 7919 % 10_007)\n" }.joined()
        let tree = Tree([("flow.py", "x")] + (0..<40).map { ("m\($0).py", "\($0)\n" + text) })
        let package = try FlowPackage(contents(tree))
        let archive = try package.archive()
        #expect(try package.archive() == archive)
        let files = try unpacked(archive)
        #expect(files.count == 44)
        #expect(files["m17.py"] == Array(("17\n" + text).utf8))
    }
}
