import CodePackage
import SystemPackage
import Testing

/// What a checkout says of itself, read from its files.
@Suite struct GitTests {
    static let commit = String(repeating: "ab12", count: 10)

    private func checkout(_ files: [(String, String)], around path: String = "sub/deep") throws -> GitCheckout? {
        let tree = Tree([("sub/deep/flow.py", "")] + files)
        return GitCheckout(around: tree.root.pushing(FilePath(path)))
    }

    @Test func aBranchAndItsCommit() throws {
        let found = try #require(try checkout([(".git/HEAD", "ref: refs/heads/main\n"), (".git/refs/heads/main", Self.commit + "\n")]))
        #expect(found.commit == Self.commit && found.branch == "main" && found.remote == nil)
    }

    @Test func packedReferences() throws {
        let packed = "# pack-refs with: peeled\n\(String(repeating: "0", count: 40)) refs/heads/other/main\n\(Self.commit) refs/heads/main\n"
        let found = try #require(try checkout([(".git/HEAD", "ref: refs/heads/main\n"), (".git/packed-refs", packed)]))
        #expect(found.commit == Self.commit)
    }

    @Test func noBranchAndNoCommit() throws {
        let detached = try #require(try checkout([(".git/HEAD", Self.commit + "\n")]))
        #expect(detached.commit == Self.commit && detached.branch == nil)
        let young = try #require(try checkout([(".git/HEAD", "ref: refs/heads/main\n")]))
        #expect(young.commit == nil && young.branch == "main")
        #expect(try checkout([("other/x", "")]) == nil)
        #expect(try checkout([(".git/config", "")]) == nil)
    }

    @Test func aFurtherWorktreeHasItsOwnHead() throws {
        let found = try #require(try checkout([
            ("main/.git/HEAD", "ref: refs/heads/main\n"), ("main/.git/refs/heads/topic", Self.commit), ("main/.git/worktrees/w/HEAD", "ref: refs/heads/topic\n"),
            ("main/.git/worktrees/w/commondir", "../..\n"), ("main/.git/config", "[remote \"origin\"]\n\turl = host:repo.git\n"),
            ("sub/.git", "gitdir: ../main/.git/worktrees/w\n"),
        ]))
        #expect(found.commit == Self.commit && found.branch == "topic" && found.remote == "host:repo.git")
        #expect(found.worktree.lastComponent?.string == "sub")
    }

    static let remotes: [(String, String)] = [
        ("https://host.example/a/b.git", "https://host.example/a/b.git"),
        ("https://user:secret@host.example/a/b.git", "https://host.example/a/b.git"),
        ("https://token@host.example:8443/a", "https://host.example:8443/a"),
        ("https://a:b@c@host.example/x", "https://host.example/x"),
        ("https://host.example/a?private_token=secret#x", "https://host.example/a"),
        ("ssh://git@host.example/a.git", "ssh://git@host.example/a.git"),
        ("ssh://git:secret@host.example:22/a.git", "ssh://git@host.example:22/a.git"),
        ("git@host.example:a/b.git", "git@host.example:a/b.git"),
        ("/srv/repo.git", "/srv/repo.git"),
    ]

    @Test(arguments: remotes)
    func secretsAreRemoved(typed: String, told: String) throws {
        let config = "[core]\n\tbare = false\n[remote \"other\"]\n\turl = no\n[Remote \"origin\"] # remark\n\tURL = \"\(typed)\" ; remark\n"
        let found = try #require(try checkout([(".git/HEAD", "ref: refs/heads/main\n"), (".git/config", config)]))
        #expect(found.remote == told)
    }

    @Test func theRemoteOfTheBranchComesFirst() throws {
        let config = "[remote \"origin\"]\nurl = a\n[remote \"up\"]\nurl = b\n[branch \"main\"]\n remote = up\n"
        #expect(try checkout([(".git/HEAD", "ref: refs/heads/main\n"), (".git/config", config)])?.remote == "b")
        #expect(try checkout([(".git/HEAD", "ref: refs/heads/else\n"), (".git/config", config)])?.remote == "a")
    }

    /// Whatever stands in a damaged index, the answer is that nobody can tell, or Git's.
    @Test(arguments: ["", "DIRC", "DIRC\0\0\0\u{2}\0\0\0\u{5}", "DIRC\0\0\0\u{4}\0\0\0\u{1}" + String(repeating: "\0", count: 80)])
    func aDamagedIndexIsNoTrap(index: String) throws {
        let tree = Tree([("flow.py", ""), (".git/HEAD", Self.commit), (".git/index", index)])
        let found = try #require(GitCheckout(around: tree.root))
        let package = try FlowPackage(PackageContents(flowFile: tree.flow))
        #expect(GitChanges(of: package, in: found, folder: tree.root).exist() == nil)
    }
}
