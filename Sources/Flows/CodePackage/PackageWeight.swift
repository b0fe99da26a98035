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
        let own = package.files.filter { $0.role == .user || $0.role == .module }
        bytes = own.reduce(0) { $0 + $1.size }
        count = own.count
        largest = own.sorted { ($1.size, $0.path) < ($0.size, $1.path) }.prefix(shown).map { ($0.path.string, $0.size) }
    }
}
