import Archives
package import Digests

/// Stands for a package without its files being read: the same as long as none of them was touched.
///
/// A file whose contents were written since it was found has another state, so that a fingerprint that is known stands for an
/// archive that is known. Where a file was changed just now, another change within the same tick of the file system's clock
/// would not show; such a package has none.
package struct PackageFingerprint: Hashable, Sendable {
    package let digest: SHA256Digest

    /// How archives are made; another number where the same files give other bytes.
    private static let format = "penstock code package 1"
    /// The coarsest clock of a file system in use (FAT), in nanoseconds.
    private static let tick: Int64 = 2_000_000_000

    package init?(_ package: FlowPackage) {
        var text = Array(Self.format.utf8)
        text.reserveCapacity(package.files.count * 128)
        for file in package.files {
            text += file.path.string.utf8
            text.append(0)
            switch file.content {
            case .bytes(let bytes):
                Self.append(UInt64(bytes.count), to: &text)
                text += bytes
            case .file(_, let state):
                guard max(state.modified, state.changed) < package.lookedAt - Self.tick else { return nil }
                text.append(state.isExecutable ? 2 : 1)
                Self.append(state.device, to: &text)
                Self.append(state.inode, to: &text)
                Self.append(UInt64(bitPattern: state.size), to: &text)
                Self.append(UInt64(bitPattern: state.modified), to: &text)
                Self.append(UInt64(bitPattern: state.changed), to: &text)
            }
        }
        digest = SHA256Digest(hashing: text)
    }

    private static func append(_ number: UInt64, to text: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { text.append(contentsOf: $0) }
    }
}
