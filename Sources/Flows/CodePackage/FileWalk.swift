import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that a walk found.
struct FoundFile {
    var file: FilePath
    /// From the folder of the walk, with `/`.
    var relativePath: String
    var state: FileState
}

/// Walks through a folder and those below, links to folders included.
///
/// A folder behind a link is entered once on each way down: a link to the folder that holds it adds one nested copy,
/// two links to the same folder both count, and no cycle goes on. A virtual environment that lies in the folder is left
/// out: libraries that somebody installed are not the flow's code.
struct FileWalk {
    /// A folder on the way down.
    private struct Place {
        /// With a slash behind it.
        var file: String
        /// From the root, with a slash behind it; empty for the root.
        var path: String
        var names: [String]
        var followed: Set<Identity>
        var rules: IgnoreRules
        /// Whether an ignore file leaves it out: only data files with a place of their own are looked for.
        var isApart = false
        /// What is said of its files where no pattern means them.
        var isData = false
    }

    private let filter: NameFilter
    private let limits: PackageLimits
    private let root: FilePath
    private let ignores: Bool
    private var data: DataFiles
    private var found: [FoundFile] = []
    private var folderCount = 0
    private var byteCount: Int64 = 0

    /// What marks a virtual environment (PEP 405).
    private static let environmentMark = "pyvenv.cfg"

    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    /// The files below `folder`, in no particular order.
    ///
    /// - Parameter data: what is taken besides; with it, ignore files are followed.
    static func files(
        in folder: FilePath, _ filter: NameFilter, data: PatternList? = nil, limits: PackageLimits
    ) throws(CodePackageError) -> [FoundFile] {
        var walk = FileWalk(filter, data, limits, root: folder)
        let place = Place(file: "\(folder.string)/", path: "", names: [], followed: [], rules: IgnoreRules())
        guard let listing = try walk.listing(of: folder.string) else {
            throw .system(folder, operation: "opendir", code: EACCES)
        }
        try walk.visit(listing, place)
        if let pattern = walk.data.unused { throw .noSuchData(pattern: pattern.text, folder) }
        return walk.found
    }

    private init(_ filter: NameFilter, _ data: PatternList?, _ limits: PackageLimits, root: FilePath) {
        self.filter = filter
        self.limits = limits
        self.root = root
        self.data = DataFiles(data ?? PatternList())
        ignores = data != nil
    }

    private mutating func visit(_ listing: FolderListing, _ place: Place) throws(CodePackageError) {
        var place = place
        var folders: [(entry: FolderListing.Entry, link: Identity?)] = []
        do throws(CodePackageError) {
            if ignores, listing.entries.contains(where: { $0.name == IgnoreRules.fileName }) {
                let text = try Self.text(of: place.file + IgnoreRules.fileName)
                place.rules = place.rules.adding(PatternList(parsing: text), depth: place.names.count)
            }
            for entry in listing.entries {
                switch try look(at: entry, listing, place) {
                case .neither: continue
                case .folder(let link): folders.append((entry, link))
                case .file(let state): try add(place.file + entry.name, place.path + entry.name, state)
                }
            }
        } catch {
            listing.close()
            throw error
        }
        // Closed before others are opened: a way down may be longer than a process may have open files.
        listing.close()
        for (entry, link) in folders { try enter(entry, link, place) }
    }

    /// What an entry is to a package.
    private enum Finding {
        case neither
        case file(FileState)
        case folder(link: Identity?)
    }

    private mutating func look(
        at entry: FolderListing.Entry, _ listing: FolderListing, _ place: Place
    ) throws(CodePackageError) -> Finding {
        let isFolderName = filter.acceptsFolder(entry.name)
        if entry.kind == .folder { return isFolderName ? .folder(link: nil) : .neither }
        // Most files of a folder with much data need no look.
        if entry.kind == .file, data.isEmpty, !filter.acceptsFile(entry.name) { return .neither }
        if !isFolderName, data.isEmpty, !filter.acceptsFile(entry.name) { return .neither }
        guard var status = listing.status(of: entry, followsLinks: false) else { return .neither }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        if isLink {
            guard let target = listing.status(of: entry, followsLinks: true) else {
                if takes(entry.name, place) { throw .danglingLink(entry.file(in: place.file)) }
                return .neither
            }
            status = target
        }
        if status.st_mode & S_IFMT == S_IFDIR { return isFolderName ? .folder(link: isLink ? Identity(status) : nil) : .neither }
        guard takes(entry.name, place) else { return .neither }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(entry.file(in: place.file)) }
        guard entry.isUTF8 else { throw .unusableName(entry.file(in: place.file)) }
        return .file(FileState(status))
    }

    /// Whether a file belongs to the package, by its name and place.
    private mutating func takes(_ name: String, _ place: Place) -> Bool {
        let bySuffix = filter.acceptsFile(name)
        guard ignores, !data.isEmpty || !place.rules.isEmpty else { return bySuffix }
        let path = place.names + [name]
        if !data.isEmpty {
            let choice = data.choice(path, isFolder: false, isApart: place.isApart)
            if choice ?? (place.isData && !name.hasPrefix(".")) { return true }
        }
        return bySuffix && !place.isApart && !place.rules.leavesOut(path, isFolder: false)
    }

    private mutating func enter(
        _ entry: FolderListing.Entry, _ identity: Identity?, _ place: Place
    ) throws(CodePackageError) {
        var inner = place
        inner.file += entry.name + "/"
        inner.path += entry.name + "/"
        inner.names.append(entry.name)
        if let identity, !inner.followed.insert(identity).inserted { return }
        if ignores {
            inner.isApart = place.isApart || place.rules.leavesOut(inner.names, isFolder: true)
            inner.isData = data.choice(inner.names, isFolder: true, isApart: inner.isApart) ?? place.isData
            if inner.isApart, !inner.isData, !data.reaches(below: inner.names) { return }
        }
        folderCount += 1
        if folderCount > limits.folders { throw .tooMuch(what: "more than \(limits.folders) folders", folder: root) }
        // What this person cannot read, the flow cannot import either.
        guard let listing = try listing(of: inner.file) else { return }
        if listing.entries.contains(where: { $0.name == Self.environmentMark }) { return listing.close() }
        try visit(listing, inner)
    }

    private mutating func add(_ file: String, _ path: String, _ state: FileState) throws(CodePackageError) {
        byteCount += state.size
        found.append(FoundFile(file: FilePath(file), relativePath: path, state: state))
        if found.count > limits.files { throw .tooMuch(what: "more than \(limits.files) files", folder: root) }
        if byteCount > limits.bytes { throw .tooMuch(what: "more than \(limits.bytes) bytes", folder: root) }
    }

    /// What is in a folder; `nil` when it cannot be read or is gone.
    private func listing(of folder: String) throws(CodePackageError) -> FolderListing? {
        do throws(Errno) {
            return try FolderListing(folder)
        } catch {
            if error == .permissionDenied || error == .noSuchFileOrDirectory, folder != root.string { return nil }
            throw .system(FilePath(folder), operation: "opendir", code: error.rawValue)
        }
    }

    private static func text(of file: String) throws(CodePackageError) -> String {
        do throws(Errno) {
            return String(decoding: try WholeFile.read(FilePath(file)), as: UTF8.self)
        } catch {
            throw .system(FilePath(file), operation: "read", code: error.rawValue)
        }
    }
}
