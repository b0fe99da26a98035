import Archives
import SystemPackage

/// A package as one tar archive, compressed by bzip2. Blocks.
enum OldPackage {
    private static let longest = 64 << 30
    private static let longestFile: UInt64 = 256 << 20

    /// The files of these names; what follows the last of them is not decompressed.
    ///
    /// - Parameter others: Files that are taken where they stand on the way, and that are not looked for any further.
    static func search(
        _ path: FilePath, for wanted: Set<String>, or others: Set<String> = []
    ) throws(ArchiveError) -> [String: [UInt8]] {
        do throws(ArchiveFault) {
            let stored = try StoredBytes(mapping: path)
            var search = TarSearch(for: wanted.union(others), longest: longestFile)
            var decoder = try Bzip2Decoder(limit: longest)
            var start = 0
            while start < stored.bytes.count, !wanted.isSubset(of: search.found.keys) {
                let end = min(stored.bytes.count, start + (256 << 10))
                try decoder.decode(UnsafeRawBufferPointer(rebasing: stored.bytes[start..<end])) { plain throws(ArchiveFault) in
                    try search.search(plain)
                }
                start = end
            }
            if !wanted.isSubset(of: search.found.keys) { try decoder.finish() }
            return search.found
        } catch {
            throw ArchiveError(archive: "the package", error)
        }
    }
}
