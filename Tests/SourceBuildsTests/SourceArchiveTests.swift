import Archives
import Diagnostics
import SourceBuilds
import SystemPackage
import TestSupport
import Testing

@Suite struct SourceArchiveTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func unpack(_ bytes: [UInt8], _ filename: String) async throws -> FilePath {
        let file = try folder.write(filename, bytes)
        return try await SourceArchive(file: file, filename: filename, what: "demo").unpack(into: folder.path.appending("out"))
    }

    private func tar(_ entries: [(String, TarEntry.Content)]) throws -> [UInt8] {
        var tar = TarWriter()
        for (path, content) in entries { try tar.add(try EntryPath(parsing: path), content) }
        return tar.finish()
    }

    private static let file = TarEntry.Content.file([1], isExecutable: false)

    @Test(arguments: ["demo-1.tar.gz", "demo-1.tgz", "demo-1.tar", "demo-1.zip", "DEMO-1.TAR.GZ"])
    func formats(_ filename: String) async throws {
        let bytes: [UInt8]
        if filename.hasSuffix("zip") {
            bytes = ZipBuilder([.init(name: "demo-1/setup.py", content: [1])]).bytes()
        } else {
            let tar = try tar([("demo-1/setup.py", Self.file)])
            bytes = filename.hasSuffix(".tar") ? tar : Gzip.compress(tar)
        }
        #expect(try await unpack(bytes, filename).lastComponent?.string == "demo-1")
        #expect(folder.names("out/demo-1") == ["setup.py"])
    }

    @Test func aProjectAtTheTop() async throws {
        let bytes = Gzip.compress(try tar([("pyproject.toml", Self.file), ("src/a.py", Self.file)]))
        #expect(try await unpack(bytes, "demo.tar.gz") == folder.path.appending("out"))
    }

    @Test(arguments: [
        ("demo.tar.bz2", "bzip2"), ("demo.tar.xz", "xz"), ("demo.rar", "neither .tar.gz nor .zip"), ("archive", "neither"),
    ])
    func otherFormats(_ filename: String, _ words: String) async throws {
        #expect(try await refusal([0], filename).contains(words))
    }

    private func refusal(_ bytes: [UInt8], _ filename: String) async throws -> String {
        do {
            _ = try await unpack(bytes, filename)
            return "it was unpacked"
        } catch let error as SourceBuildError {
            guard case .archive(_, let cause) = error else { return error.diagnostic.headline }
            return (cause as? ArchiveError)?.diagnostic.headline ?? "\(cause)"
        }
    }

    @Test(arguments: [
        ("a link that leads out", "demo/out", "../../etc"), ("an absolute link", "demo/out", "/etc/passwd"),
    ])
    func links(_ name: String, _ path: String, _ target: String) async throws {
        let bytes = try tar([("demo/setup.py", Self.file), (path, .symbolicLink(target: target))])
        #expect(try await refusal(Gzip.compress(bytes), "demo.tar.gz").contains("link"))
    }

    @Test func pathsThatLeadOut() async throws {
        // The writer refuses such names, so one is put in by hand, with the checksum of its header.
        var bytes = try tar([("demoxxxxx", Self.file)])
        bytes.replaceSubrange(0..<9, with: Array("../escape".utf8))
        for place in 148..<156 { bytes[place] = 0x20 }
        let sum = bytes[..<512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        bytes.replaceSubrange(
            148..<156, with: Array(String(repeating: "0", count: 6 - digits.count).utf8) + Array(digits.utf8) + [0, 0x20])
        #expect(try await refusal(Gzip.compress(bytes), "demo.tar.gz").contains("leads out"))
        #expect(folder.names() == ["demo.tar.gz"])
        let zip = ZipBuilder([.init(name: "../escape", content: [1])]).bytes()
        #expect(try await refusal(zip, "demo.zip").contains("leads out"))
    }

    @Test func bombsAndDamage() async throws {
        // A gigabyte of zeros in a megabyte.
        let bomb = Gzip.compress([UInt8](repeating: 0, count: 300 << 20), level: 1)
        #expect(try await refusal(bomb, "demo.tar.gz").contains("too large"))
        let bytes = Gzip.compress(try tar([("demo/setup.py", Self.file)]))
        #expect(try await refusal(Array(bytes.dropLast(12)), "demo.tar.gz") != "it was unpacked")
        #expect(try await refusal([], "demo.tar.gz").contains("cut off"))
    }

    @Test func severalFolders() async throws {
        let bytes = Gzip.compress(try tar([("a/setup.py", Self.file), ("b/setup.py", Self.file)]))
        #expect(try await refusal(bytes, "demo.tar.gz").contains("no single folder"))
    }

    @Test func subdirectories() throws {
        _ = try folder.write(folders: "root/inner/setup.py", [1])
        let root = folder.path.appending("root")
        #expect(try SourceTree.project(in: root, subdirectory: nil, what: "demo") == root)
        #expect(
            try SourceTree.project(in: root, subdirectory: "./inner/", what: "demo").lastComponent?.string == "inner")
        for outside in ["..", "../root2", "/etc", "missing", "inner/setup.py"] {
            #expect(throws: SourceBuildError.self) {
                try SourceTree.project(in: root, subdirectory: outside, what: "demo")
            }
        }
    }

    @Test func subdirectoriesBehindLinks() throws {
        _ = try folder.write(folders: "elsewhere/setup.py", [1])
        _ = try folder.write(folders: "root/setup.py", [1])
        let root = folder.path.appending("root")
        try Links.make(root.appending("link"), to: "../elsewhere")
        #expect(throws: SourceBuildError.self) { try SourceTree.project(in: root, subdirectory: "link", what: "demo") }
    }
}
