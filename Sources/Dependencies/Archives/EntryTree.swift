/// What the entries of one archive claim together: finds paths claimed twice and files used as directories.
struct EntryTree {
    private enum Claim { case leaf, directory }
    private var claims: [EntryPath: Claim] = [:]
    /// Directories in an order in which they can be made: parents first.
    private(set) var directories: [EntryPath] = []

    init(expecting count: Int) {
        claims.reserveCapacity(count)
    }

    /// Claims a path for a file or a link.
    mutating func addLeaf(_ path: EntryPath) throws(ArchiveFault) {
        try addParents(of: path)
        switch claims.updateValue(.leaf, forKey: path) {
        case nil: return
        case .leaf: throw .duplicatePath
        case .directory: throw .fileIsAlsoDirectory
        }
    }

    /// Claims a path for a directory; a directory may be claimed again.
    mutating func addDirectory(_ path: EntryPath) throws(ArchiveFault) {
        switch claims[path] {
        case .directory: return
        case .leaf: throw .fileIsAlsoDirectory
        case nil:
            try addParents(of: path)
            claims[path] = .directory
            directories.append(path)
        }
    }

    private mutating func addParents(of path: EntryPath) throws(ArchiveFault) {
        if let parent = path.parent { try addDirectory(parent) }
    }
}
