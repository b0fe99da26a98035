/// What goes into a tar archive, or came out of one.
public struct TarEntry: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        case file([UInt8], isExecutable: Bool)
        case directory
        /// A symbolic link; the target is as written, relative to the link's own directory.
        case symbolicLink(target: String)
        /// A second name for a file that stands earlier in the archive.
        case hardLink(to: EntryPath)
    }

    public var path: EntryPath
    public var content: Content

    public init(_ path: EntryPath, _ content: Content) {
        self.path = path
        self.content = content
    }
}
