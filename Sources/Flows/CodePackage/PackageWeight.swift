import Archives

/// Whether a package is larger than somebody is likely to want, and by which files.
package struct PackageWeight: Sendable {
    /// Bytes of the files that are the person's.
    package let bytes: Int64
    package let count: Int
    /// The largest, in order: path and bytes.
    package let largest: [(path: String, bytes: Int64)]

    /// Bytes above which a person is told. Default: 50 MB.
    package static let usualLimit: Int64 = 50_000_000

    /// - Parameter shown: how many of the largest are named.
    package init(of package: FlowPackage, shown: Int = 5) {
        var (bytes, count) = (Int64(0), 0)
        var largest: [PackagedFile] = []
        for file in package.files where file.role == .user || file.role == .module {
            bytes += file.size
            count += 1
            if largest.count == shown, let last = largest.last, last.size >= file.size { continue }
            // Of equal ones the first stays in front.
            largest.insert(file, at: largest.firstIndex { $0.size < file.size } ?? largest.count)
            if largest.count > shown { largest.removeLast() }
        }
        (self.bytes, self.count) = (bytes, count)
        self.largest = largest.map { ($0.path.string, $0.size) }
    }
}
