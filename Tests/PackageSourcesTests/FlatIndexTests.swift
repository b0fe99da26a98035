import Digests
import PackageSources
import PythonPackaging
import SystemPackage
import TestSupport
import Testing

/// Folders, pages of links and indexes on this machine.
@Suite struct FlatIndexTests {
    private func flat(_ url: String) throws -> PackageIndex { try PackageIndex(url, layout: .flat, origin: "a test") }

    /// A folder with wheels of two projects, and files that are none.
    private func folder(_ fixture: ClientFixture) throws -> FilePath {
        for (name, version) in [("demo", "5"), ("demo", "1"), ("local", "1")] {
            let wheel = WheelBuilder(name, version)
            _ = try fixture.folder.write(folders: "my wheels/\(wheel.filename)", wheel.bytes())
        }
        _ = try fixture.folder.write(folders: "my wheels/demo-0.5.tar.gz", [1, 2, 3])
        for name in ["README", "demo-1.0.egg", "x.whl"] { _ = try fixture.folder.write(folders: "my wheels/\(name)", [1]) }
        return fixture.folder.path.appending("my wheels")
    }

    @Test func aFolderIsPutTogetherWithTheIndex() async throws {
        let fixture = try await ClientFixture()
        for version in ["1", "3"] { fixture.index.add(WheelBuilder("demo", version)) }
        var configuration = try IndexConfiguration(index: fixture.index.url)
        configuration.flatIndexes = [try flat(FileURL.url(try folder(fixture)))]
        for _ in 0..<2 {
            let listing = try #require(try await fixture.page("demo", configuration))
            #expect(listing.map(\.version.description) == ["5", "3", "1", "0.5"])
            let own = try #require(listing[2].files.first)
            #expect(own.file.url.hasPrefix("file:///") && own.file.url.contains("/my%20wheels/demo-1-py3"))
            #expect(listing[2].files.count == 1, "the same file comes from the folder")
            #expect(listing[3].files.first?.file.size == 3)
            #expect(try await fixture.page("local", configuration)?.count == 1)
            #expect(try await fixture.page("nobody", configuration) == nil)
        }
    }

    @Test func metadataAndBytesComeFromTheFolderAlsoOffline() async throws {
        let fixture = try await ClientFixture()
        var configuration = IndexConfiguration(indexes: [])
        configuration.flatIndexes = [try flat(FileURL.url(try folder(fixture)))]
        configuration.isOffline = true
        try await fixture.withClient(configuration) { client in
            let listing = try #require(try await client.page(for: PackageName(parsing: "demo")))
            let file = try #require(listing.first?.files.first)
            #expect(try await client.metadata(of: file).version.description == "5")
            #expect(file.file.sha256 == nil)
            let known = try await client.withHash(file.file)
            #expect(known.sha256 == SHA256Digest(hashing: WheelBuilder("demo", "5").bytes()))
            let destination = fixture.folder.path.appending("copy.whl")
            try await client.download(known.url, sha256: known.sha256, size: known.size, to: destination)
            #expect(try fixture.folder.read("copy.whl") == WheelBuilder("demo", "5").bytes())
            let wrong = await #expect(throws: PackageSourceError.self) {
                try await client.download(known.url, sha256: SHA256Digest(hashing: "x"), to: destination)
            }
            guard case .digestMismatch? = wrong else { return #expect(Bool(false), "\(wrong as Any)") }
            // Changed afterwards: nothing of it was kept.
            _ = try fixture.folder.write("my wheels/demo-5-py3-none-any.whl", WheelBuilder("other", "5").bytes())
        }
        let error = await #expect(throws: PackageSourceError.self) {
            try await fixture.withClient(configuration) { client in
                let listing = try #require(try await client.page(for: PackageName(parsing: "demo")))
                _ = try await client.metadata(of: try #require(listing.first?.files.first))
            }
        }
        guard case .metadata? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test func aPageOfLinks() async throws {
        let fixture = try await ClientFixture()
        let digest = SHA256Digest(hashing: "x").hex
        let page = """
            <html><body>
            <a href="demo-1-py3-none-any.whl#sha256=\(digest)">demo</a> <a href='/files/other-2.tar.gz'>other</a>
            <a href="https://elsewhere.example/demo-3-py3-none-any.whl">far</a> <a href="..">up</a>
            <a href="file:///etc/demo-9-py3-none-any.whl">no</a> <a href="javascript:demo-8-py3-none-any.whl">no</a>
            </body></html>
            """
        fixture.index.update {
            $0.change = { request, reply in
                guard request.path == "/links/all.html" else { return }
                let headers = [("ETag", "\"v1\""), ("Cache-Control", "max-age=50"), ("Content-Type", "text/html")]
                reply = request.header("if-none-match") == "\"v1\"" ? .init(304, headers) : .init(200, headers, Array(page.utf8))
            }
        }
        var configuration = IndexConfiguration(indexes: [])
        configuration.flatIndexes = [try flat("\(fixture.index.server.url)/links/all.html")]
        func later(_ seconds: Int64) -> (inout HTTPOptions) -> Void {
            { options in options.now = { [now = options.now] in now() + seconds } }
        }
        for (seconds, requests) in [(0, 1), (40, 1), (60, 2), (40, 2)] as [(Int64, Int)] {
            try await fixture.withClient(configuration, later(seconds)) { client in
                let listing = try #require(try await client.page(for: PackageName(parsing: "demo")))
                #expect(listing.map(\.version.description) == ["3", "1"])
                #expect(listing[1].files.first?.file.url == "\(fixture.index.server.url)/links/demo-1-py3-none-any.whl")
                #expect(listing[1].files.first?.file.sha256?.hex == digest)
                #expect(try await client.page(for: PackageName(parsing: "other"))?.count == 1)
                #expect(fixture.index.requestCount() == requests)
            }
        }
        configuration.isOffline = true
        try await fixture.index.server.stop()
        #expect(try await fixture.page("demo", configuration, later(9999))?.count == 2)
    }

    @Test func aSingleArchive() async throws {
        let fixture = try await ClientFixture()
        var configuration = IndexConfiguration(indexes: [])
        let wheel = try folder(fixture).appending("demo-5-py3-none-any.whl")
        configuration.flatIndexes = [
            try flat("\(fixture.index.server.url)/files/demo-7-py3-none-any.whl?x=1"), try flat(FileURL.url(wheel)),
        ]
        #expect(try await fixture.page("demo", configuration)?.map(\.version.description) == ["7", "5"])
        #expect(fixture.index.requestCount() == 0)
    }

    @Test func whatIsNotThereIsSaid() async throws {
        let fixture = try await ClientFixture()
        for url in ["file:///nowhere/at/all", "\(fixture.index.server.url)/links"] {
            var configuration = IndexConfiguration(indexes: [])
            configuration.flatIndexes = [try flat(url)]
            let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", configuration) }
            switch error?.root {
            case .localFile(let path, let reason): #expect(path == "/nowhere/at/all" && reason.contains("a test"))
            case .status(_, 404, _): break
            default: #expect(Bool(false), "\(error as Any)")
            }
        }
    }

    @Test func anIndexInAFolder() async throws {
        let fixture = try await ClientFixture()
        let wheel = WheelBuilder("demo", "2")
        let digest = SHA256Digest(hashing: wheel.bytes())
        _ = try fixture.folder.write(folders: "mirror/files/\(wheel.filename)", wheel.bytes())
        _ = try fixture.folder.write(
            folders: "mirror/demo/index.html",
            Array("<a href='../files/\(wheel.filename)#sha256=\(digest)' data-yanked='bad'>x</a>".utf8))
        _ = try fixture.folder.write(folders: "mirror/bare/bare-1-py3-none-any.whl", WheelBuilder("bare", "1").bytes())
        var configuration = try IndexConfiguration(index: FileURL.url(fixture.folder.path.appending("mirror")) + "/")
        configuration.isOffline = true
        try await fixture.withClient(configuration) { client in
            let listing = try #require(try await client.page(for: PackageName(parsing: "demo")))
            #expect(listing[0].isYanked)
            let file = try #require(listing[0].files.first)
            #expect(file.file.sha256 == digest)
            #expect(try await client.metadata(of: file).name.description == "demo")
            let destination = fixture.folder.path.appending("copy.whl")
            #expect(try await client.download(file.file.url, sha256: digest, to: destination) == digest)
            #expect(try await client.page(for: PackageName(parsing: "bare"))?.first?.files.first?.file.filename == "bare-1-py3-none-any.whl")
            #expect(try await client.page(for: PackageName(parsing: "nobody")) == nil)
        }
        let missing = try IndexConfiguration(index: "file:///nowhere/at/all")
        let error = await #expect(throws: PackageSourceError.self) { try await fixture.page("demo", missing) }
        guard case .localFile? = error?.root else { return #expect(Bool(false), "\(error as Any)") }
    }

    @Test(arguments: [
        ("file:///srv/a%20b", "/srv/a b"), ("FILE:///srv", "/srv"), ("file:/srv", "/srv"), ("file://localhost/srv", "/srv"),
        ("file:///a%2Fb?x#y", "/a/b"), ("file://elsewhere/srv", nil), ("https://a.example/", nil), ("file:", nil),
        ("file:///a%00b", nil), ("file:///a%ffb", nil), ("file:relative", nil), ("/srv", nil),
    ])
    func readsFileAddresses(url: String, path: String?) {
        #expect(FileURL.path(url)?.string == path)
    }

    @Test(arguments: ["/", "/srv/a b/ü#?%.whl", "/a+b@c"])
    func writesFileAddresses(path: String) {
        #expect(FileURL.path(FileURL.url(FilePath(path)))?.string == path)
    }
}
