import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A wheel in the cache, ready to be linked into any number of environments.
struct UnpackedWheel: Sendable {
    /// The file name of the wheel, for messages.
    var name: String
    /// Its folder in the cache: `manifest`, and `files/` below it.
    var folder: FilePath
    var manifest: WheelManifest
    /// What `direct_url.json` says in this environment.
    var origin: DirectOrigin?

    /// Whether RECORD can be linked like other files.
    var hasSameRecordEverywhere: Bool { origin == nil && manifest.hasSameRecordEverywhere }

    var files: FilePath { folder.appending(Self.filesName) }

    /// Notes that it is used now, so that it is pruned late. What cannot be noted does not matter.
    func noteUse() {
        utimensat(AT_FDCWD, folder.appending(Self.manifestName).string, nil, 0)
    }

    static let manifestName = "manifest"
    static let filesName = "files"

    init(name: String, folder: FilePath, manifest: WheelManifest) {
        self.name = name
        self.folder = folder
        self.manifest = manifest
    }

    /// Opens what is in the cache; `nil` if there is nothing, or it is damaged.
    init?(name: String, at folder: FilePath) {
        guard let opened = try? Folder(folder), let bytes = try? opened.read(Self.manifestName),
            let manifest = WheelManifest(encoded: bytes)
        else { return nil }
        self.init(name: name, folder: folder, manifest: manifest)
    }
}
