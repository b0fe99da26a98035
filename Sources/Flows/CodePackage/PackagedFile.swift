package import Archives
package import SystemPackage

/// A file of a code package.
package struct PackagedFile: Sendable, Hashable {
    /// Why it is there.
    package enum Role: Sendable, Hashable {
        /// The person's, from the flow's folder.
        case user
        /// The SDK's.
        case sdk
        /// Of a module that is packed whole.
        case module
        /// Written by Penstock.
        case meta
    }

    package enum Content: Sendable, Hashable {
        /// With how the file stood when it was found.
        case file(FilePath, FileState)
        case bytes([UInt8])
    }

    /// Where it stands in the archive.
    package var path: EntryPath
    package var role: Role
    /// In bytes, when the files were collected.
    package var size: Int64
    package var content: Content
}
