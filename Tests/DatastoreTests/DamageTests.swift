import Datastore
import Diagnostics
import Digests
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct DamageTests {
    static func isReported(_ error: any Error, _ blob: StoredBlob) -> Bool {
        switch (error as? DatastoreError)?.fault {
        case .damaged(blob.digest, _), .missing(blob.digest): true
        default: false
        }
    }

    /// Each byte of a record matters: mark, codec, sizes, digest, and the bytes. A few changes of compressed bytes spell
    /// the same content in another way; nothing else is ever returned.
    @Test(arguments: [Sample("noise", noise(300)), Sample("prose", prose(300))])
    func noFlippedBitOfAPackPasses(sample: Sample) throws {
        let content = sample.content
        let folder = TemporaryFolder()
        let blob = try BlobStore(folder.store).put(content)
        let path = try pack(in: folder)
        for position in contents(of: path).indices {
            edit(path) { $0[position] ^= 0x10 }
            let read = try? BlobStore(folder.store).read(blob)
            #expect(read == nil || (blob.codec == .zstd && read == content), "byte \(position)")
            edit(path) { $0[position] ^= 0x10 }
        }
        #expect(try BlobStore(folder.store).read(blob) == content)
    }

    @Test func aPackThatIsCutOffKeepsWhatCameBefore() throws {
        let folder = TemporaryFolder()
        let store = try BlobStore(folder.store)
        let first = try store.put(noise(500, seed: 2))
        let second = try store.put(noise(500, seed: 3))
        let path = try pack(in: folder)
        for cut in [1, 100, 499, 540, 556] {
            edit(path) { $0.removeLast(cut) }
            let reader = try BlobStore(folder.store)
            #expect(try reader.read(first) == noise(500, seed: 2))
            #expect("cut by \(cut)") { try reader.read(second) } throws: { Self.isReported($0, second) }
            edit(path) { $0 += [UInt8](repeating: 0, count: cut) }
        }
    }

    @Test func aTornTailHarmsNobody() throws {
        let folder = TemporaryFolder()
        let blob = try BlobStore(folder.store).put(noise(500))
        edit(try pack(in: folder)) { $0 += Array("PBR1".utf8) + [1, 0, 0] }
        #expect(try BlobStore(folder.store).read(blob) == noise(500))
        let next = try BlobStore(folder.store)
        let other = try next.put(noise(600))
        #expect(try BlobStore(folder.store).read(other) == noise(600))
        #expect(folder.files(below: ".penstock/packs").count == 2)
    }

    /// Places as a damaged or hostile ledger may state them.
    @Test(arguments: [
        BlobPlace.packed(pack: "none.pack", offset: 0, length: 500),
        .packed(pack: "../ledger.sqlite", offset: 0, length: 500),
        .packed(pack: "/etc/passwd", offset: 0, length: 500),
        .packed(pack: "", offset: 0, length: 500),
        .packed(pack: "*", offset: -1, length: 500),
        .packed(pack: "*", offset: .max, length: 500),
        .packed(pack: "*", offset: 0, length: -500),
        .packed(pack: "*", offset: 0, length: .max),
        .packed(pack: "*", offset: 0, length: 499),
        .packed(pack: "*", offset: 1, length: 500),
        .loose,
    ])
    func aWrongPlaceIsReported(place: BlobPlace) throws {
        let folder = TemporaryFolder()
        var blob = try BlobStore(folder.store).put(noise(500))
        blob.place = place
        if case .packed("*", let offset, let length) = place {
            blob.place = .packed(pack: try pack(in: folder).lastComponent?.string ?? "", offset: offset, length: length)
        }
        let wrong = blob
        #expect { try BlobStore(folder.store).read(wrong) } throws: { Self.isReported($0, wrong) }
        #expect { try BlobStore(folder.store).openUnlinked(wrong) } throws: { Self.isReported($0, wrong) }
    }

    @Test(
        arguments: [Sample("noise", noise(2 << 20)), Sample("prose", prose(2 << 20))],
        ["cut", "flipped", "emptied", "longer", "gone"])
    func aDamagedFileIsReported(sample: Sample, damage: String) throws {
        let content = sample.content
        let folder = TemporaryFolder()
        let input = open(folder.path.appending("value").string, O_RDWR | O_CREAT, 0o600)
        _ = write(input, content, content.count)
        let blob = try BlobStore(folder.store).put(contentsOf: input, size: Int64(content.count))
        close(input)
        let path = folder.path.pushing(FilePath(try #require(folder.files(below: ".penstock/blobs").first)))
        switch damage {
        case "cut": edit(path) { $0.removeLast(100) }
        case "flipped": edit(path) { $0[$0.count / 2] ^= 1 }
        case "emptied": edit(path) { $0 = [] }
        case "longer": edit(path) { $0 += [1, 2, 3] }
        default: unlink(path.string)
        }
        #expect { try BlobStore(folder.store).read(blob) } throws: { Self.isReported($0, blob) }
        #expect { try BlobStore(folder.store).openUnlinked(blob) } throws: { Self.isReported($0, blob) }
        #expect(folder.files(below: ".penstock/staging") == [])
    }

    @Test func aDamagedPlainFileIsReplacedWhenTheBytesComeAgain() throws {
        let folder = TemporaryFolder()
        let blob = try BlobStore(folder.store).put(noise(100_000))
        edit(folder.path.pushing(FilePath(try #require(folder.files(below: ".penstock/blobs").first)))) { $0 = [] }
        #expect(try BlobStore(folder.store).put(noise(100_000)) == blob)
        #expect(try BlobStore(folder.store).read(blob) == noise(100_000))
    }

    @Test func theMessageSaysWhereAndWhatNext() throws {
        let folder = TemporaryFolder()
        let blob = try BlobStore(folder.store).put(noise(500))
        let path = try pack(in: folder)
        edit(path) { $0[200] ^= 1 }
        #expect { try BlobStore(folder.store).read(blob) } throws: { error in
            guard let error = error as? DatastoreError else { return false }
            return error.path == path.string && error.diagnostic.headline.contains(blob.digest.hex)
                && error.diagnostic.help != nil
        }
    }
}
