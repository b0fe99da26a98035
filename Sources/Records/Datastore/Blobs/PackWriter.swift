import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How packs are called.
package enum PackName {
    /// A name that no other pack has, here or elsewhere; those of later packs are greater.
    package static func new() -> String { "\(WallTime.now().microseconds)-\(randomHex()).pack" }
}

/// Appends small blobs to a pack of this process's own. One thread at a time.
///
/// The pack gets its name with its first record, so that an engine that stores nothing makes no file. A write that
/// fails leaves no trace: the next one begins at the same offset.
struct PackWriter: Sendable {
    private let location: StoreLocation
    private let options: BlobStoreOptions
    private var pack: (name: String, file: OpenFile)?
    private var end: Int64 = 0

    init(location: StoreLocation, options: BlobStoreOptions) {
        self.location = location
        self.options = options
    }

    /// Stores one blob and says where it is.
    mutating func append(_ record: PackRecord, payload: [UInt8]) throws(DatastoreError) -> BlobPlace {
        let bytes = record.bytes(with: payload)
        if end > options.packLimit { pack = nil }
        if let pack {
            try pack.file.write(bytes, at: end)
        } else {
            pack = try begin(with: bytes)
            end = 0
        }
        let offset = end
        end += Int64(bytes.count)
        return .packed(pack: pack?.name ?? "", offset: offset, length: Int64(payload.count))
    }

    /// Waits until the disk has what was appended to the present pack, and its name.
    func flush() throws(DatastoreError) {
        guard let pack else { return }
        _ = try calling("fdatasync", pack.file.path) { fdatasync(pack.file.descriptor) }
        let folder = try openFile(location.packs, O_RDONLY | O_DIRECTORY)
        _ = try calling("fsync", location.packs) { fsync(folder.descriptor) }
    }

    private func begin(with bytes: [UInt8]) throws(DatastoreError) -> (name: String, file: OpenFile) {
        let name = PackName.new()
        try makeFolder(location.packs)
        let new = try NewFile(in: location.staging, unnamed: options.unnamedFiles)
        let file = new.file
        try file.write(bytes, at: 0)
        try new.publish(as: location.packs.appending(name))
        return (name, file)
    }
}
