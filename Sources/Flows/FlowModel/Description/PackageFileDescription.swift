/// A file, or a module, that a mutator or a plug-in decorator adds to the code package (`add_to_package`).
package struct PackageFileDescription: Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable {
        /// Beside the flow file.
        case user
        /// With the code of packages.
        case code
        /// A module, packed whole.
        case module
        /// With the metadata.
        case other
    }

    package var kind: Kind
    /// Where it is; of a module, its file.
    package var path: String
    /// Its name in the package; of a module, its dotted name.
    package var name: String

    package init(kind: Kind, path: String, name: String) {
        self.kind = kind
        self.path = path
        self.name = name
    }
}
