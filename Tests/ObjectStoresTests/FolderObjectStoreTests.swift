import Diagnostics
import ObjectStores
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct FolderObjectStoreTests {
    private let folder: TemporaryFolder
    private let store: FolderObjectStore

    init() throws {
        folder = try TemporaryFolder()
        store = FolderObjectStore(root: folder.path.appending("some folder"))
    }

    @Test func whatIsPutIsThere() async throws {
        let key = try ObjectKey("blobs/ab/abc")
        #expect(try await store.info(of: key) == nil)
        #expect(try await store.read(key) == nil)
        try await store.put(Array("content".utf8), as: key)
        #expect(try await store.read(key) == Array("content".utf8))
        #expect(try await store.read(key, range: 3..<5) == Array("te".utf8))
        #expect(try await store.read(key, range: 5..<50) == Array("nt".utf8))
        #expect(try await store.read(key, range: 50..<60) == [])
        let info = try #require(try await store.info(of: key))
        #expect(info.size == 7)
        try await store.put([1], as: key)
        #expect(try await store.read(key) == [1])
        #expect(try await store.info(of: key)?.tag != info.tag)
        try await store.remove([key, try ObjectKey("blobs/none"), try ObjectKey("blobs/ab/abc/none")])
        #expect(try await store.info(of: key) == nil)
    }

    @Test func aFolderIsNoObject() async throws {
        try await store.put([1], as: try ObjectKey("a/b"))
        #expect(try await store.info(of: try ObjectKey("a")) == nil)
        #expect(try await store.read(try ObjectKey("a/b/c")) == nil)
    }

    @Test func ofManyWhoPutOneWins() async throws {
        let key = try ObjectKey("records/00000001")
        let store = store
        let stored = try await withThrowingTaskGroup(of: UInt8?.self) { group in
            for number in UInt8(0)..<20 {
                group.addTask { try await store.put([number], as: key, .ifAbsent) == .stored ? number : nil }
            }
            return try await group.reduce(into: [UInt8]()) { if let number = $1 { $0.append(number) } }
        }
        #expect(stored.count == 1)
        #expect(try await store.read(key) == stored)
        #expect(try await store.all("").map(\.key.text) == ["records/00000001"], "no draft is left")
    }

    @Test func filesGoInAndOut() async throws {
        let source = try FileDescriptor.open(
            folder.path.appending("source"), .readWrite, options: [.create], permissions: .ownerReadWrite)
        defer { try? source.close() }
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try source.writeAll(content)
        let key = try ObjectKey("large")
        #expect(try await store.upload(10..<2_500_000, of: source.rawValue, as: key, .always) == .stored)
        #expect(try await store.upload(0..<10, of: source.rawValue, as: key, .ifAbsent) == .wasThere)
        let target = try FileDescriptor.open(
            folder.path.appending("target"), .readWrite, options: [.create], permissions: .ownerReadWrite)
        defer { try? target.close() }
        #expect(try await store.download(key, to: target.rawValue)?.size == 2_499_990)
        #expect(try await store.read(key) == Array(content[10..<2_500_000]))
        #expect(try await store.download(try ObjectKey("none"), to: target.rawValue) == nil)
        let error = await #expect(throws: ObjectStoreError.self) {
            try await store.upload(0..<3_000_001, of: source.rawValue, as: try ObjectKey("short"), .always)
        }
        guard case .shortInput? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(try await store.info(of: try ObjectKey("short")) == nil)
    }

    @Test(arguments: [
        ("", ["a/1", "a/2", "a/b/3", "ab", "b"], ["a/"], ["ab", "b"]),
        ("a", ["a/1", "a/2", "a/b/3", "ab"], ["a/"], ["ab"]),
        ("a/", ["a/1", "a/2", "a/b/3"], ["a/b/"], ["a/1", "a/2"]),
        ("a/b/3", ["a/b/3"], [], ["a/b/3"]),
        ("none/", [], [], []),
    ] as [(String, [String], [String], [String])])
    func lists(prefix: String, all: [String], folders: [String], besides: [String]) async throws {
        for text in ["b", "a/b/3", "a/2", "ab", "a/1"] { try await store.put([], as: try ObjectKey(text)) }
        #expect(try await store.all(prefix).map(\.key.text) == all)
        let page = try await store.list(prefix, byFolder: true, from: nil)
        #expect(page.folders == folders)
        #expect(page.objects.map(\.key.text) == besides)
        #expect(page.next == nil)
    }

    @Test(arguments: ["", "/", "a/", "/a", "a//b", "../a", "a/./b", "a/..", "a\nb", String(repeating: "x", count: 256)])
    func namesThatLeadElsewhereAreRefused(text: String) {
        #expect(throws: ObjectStoreError.unusableKey(text)) { try ObjectKey(text) }
    }

    @Test func aFolderThatCannotBeMadeIsSaid() async throws {
        try await store.put([], as: try ObjectKey("file"))
        let error = await #expect(throws: ObjectStoreError.self) { try await store.put([], as: try ObjectKey("file/below")) }
        #expect(error?.diagnostic.headline.contains("some%20folder") == true)
    }
}
