public import PythonPackaging

/// A package that comes from one index alone.
public struct IndexPin: Sendable, Hashable {
    public var package: PackageName
    /// The name of a configured index, or an address.
    public var index: String
    /// Where the pin holds; `nil` for everywhere.
    public var marker: Marker?

    public init(package: PackageName, index: String, marker: Marker? = nil) {
        self.package = package
        self.index = index
        self.marker = marker
    }
}
