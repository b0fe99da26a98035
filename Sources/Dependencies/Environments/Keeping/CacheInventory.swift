import Archives
public import Lockfiles
public import PackageSources
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Something in the cache that is removed as a whole.
public struct CacheItem: Sendable, Hashable {
    public let kind: CacheDirectory.Folder
    public let path: FilePath
    /// When it was used, as far as that is known: when it was made, where uses are not noted.
    public let lastUsed: UTCTime
    public let size: TreeSize
    /// Whether an environment that is there is made of it.
    public var isUsed = false

    package init(
        kind: CacheDirectory.Folder, path: FilePath, lastUsed: UTCTime, size: TreeSize, isUsed: Bool = false
    ) {
        self.kind = kind
        self.path = path
        self.lastUsed = lastUsed
        self.size = size
        self.isUsed = isUsed
    }

    /// The file whose time is that of the last use.
    var timekeeper: FilePath { Self.timekeeper(of: kind, path) }

    static func timekeeper(of kind: CacheDirectory.Folder, _ path: FilePath) -> FilePath {
        switch kind {
        case .environments: path.appending(EnvironmentOrigin.fileName)
        case .wheels: path.appending(UnpackedWheel.manifestName)
        default: path
        }
    }
}

/// What the cache holds.
public struct CacheInventory: Sendable {
    public let cache: CacheDirectory
    /// Everything but leftovers.
    public private(set) var items: [CacheItem] = []
    /// What ended processes have left behind, and what is on its way in at this moment.
    public private(set) var drafts: [CacheItem] = []

    /// Kinds that are looked at; locks are of no worth, and must not be removed while anybody may hold one.
    public static let kinds = CacheDirectory.Folder.allCases.filter { $0 != .locks }

    /// Looks at the whole cache. Blocks.
    public init(of cache: CacheDirectory) async {
        self.cache = cache
        let environments = EnvironmentStore(cache: cache).environments()
        let used = environments.reduce(into: Set<String>()) { $0.formUnion($1.origin?.packages ?? []) }
        let hasUnknown = environments.contains { $0.origin == nil }
        let places = Self.kinds.flatMap { kind in Self.places(of: kind, in: cache).map { (kind, $0) } }
        let found = await withTaskGroup(of: [(Bool, CacheItem)].self) { group in
            for start in stride(from: 0, to: places.count, by: 64) {
                let part = places[start..<min(start + 64, places.count)]
                group.addTask {
                    await BlockingWork.run { part.compactMap { kind, path in Self.item(kind, path) } }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        for (isDraft, item) in found.sorted(by: { $0.1.path.string < $1.1.path.string }) {
            if isDraft {
                drafts.append(item)
                continue
            }
            var item = item
            // An environment that does not say what it is made of may be made of anything.
            item.isUsed = item.kind.isLinkedFrom && (hasUnknown || used.contains(item.path.lastComponent?.string ?? ""))
            items.append(item)
        }
    }

    /// What is removed as a whole: the entries of the folder, or those a level deeper.
    private static func places(of kind: CacheDirectory.Folder, in cache: CacheDirectory) -> [FilePath] {
        let folder = cache.path(kind)
        let entries = names(in: folder).map { folder.appending($0) }
        switch kind {
        case .archives, .channels, .sources, .metadata, .pages:
            return entries.flatMap { entry in
                var status = stat()
                guard lstat(entry.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [entry] }
                return names(in: entry).map { entry.appending($0) }
            }
        default: return entries
        }
    }

    private static func names(in folder: FilePath) -> [String] {
        FileTree.names(in: folder).filter { $0 != "." && $0 != ".." }.sorted()
    }

    private static func item(_ kind: CacheDirectory.Folder, _ path: FilePath) -> (Bool, CacheItem)? {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return nil }
        _ = lstat(CacheItem.timekeeper(of: kind, path).string, &status)
        let isDraft = path.lastComponent?.string.hasPrefix(".") ?? false || kind == .temporary
        return (
            isDraft, CacheItem(kind: kind, path: path, lastUsed: UTCTime(modificationOf: status), size: TreeSize(of: path))
        )
    }

    /// What a kind takes.
    public func size(of kind: CacheDirectory.Folder) -> (items: Int, size: TreeSize) {
        let all = items.filter { $0.kind == kind }
        return (all.count, all.reduce(TreeSize()) { $0 + $1.size })
    }
}
