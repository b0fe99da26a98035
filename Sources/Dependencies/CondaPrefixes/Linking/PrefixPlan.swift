import Archives
import CondaPackaging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is put where in a prefix, worked out before anything is written: a file that several packages have goes to the first of
/// them, and the others' are kept aside.
struct PrefixPlan {
    struct Item {
        enum Source {
            /// A file, link or folder of the package, by its place in the package's list.
            case path(Int)
            /// A command of a `noarch` Python package.
            case entryPoint(PackageLink.EntryPoint)
        }

        let source: Source
        /// Relative to the prefix.
        var target: String
        /// Where it would be if no other package had that path.
        var original: String?
    }

    /// The items of each package, in the order of the packages.
    private(set) var items: [[Item]] = []
    /// Folders that are needed, parents first.
    private(set) var directories: [String] = []
    /// Paths that several packages have: whose it is, and whose is kept aside, by their places.
    private(set) var clobbered: [(path: String, owner: Int, other: Int)] = []

    private var owners: [PathKey: Owner] = [:]
    private var directoryOwners: [PathKey: Int] = [:]
    private let python: PythonPlaces?

    /// Whose file it is, and its place in the package's list; none for a command.
    private struct Owner {
        let package: Int
        var place: Int?
    }

    static let clobberFolder = "__clobbers__"

    init(_ packages: [CondaInstallation], python: PythonPlaces?) throws(CondaPrefixError) {
        self.python = python
        try Self.checkNames(packages)
        for (number, package) in packages.enumerated() {
            items.append(try plan(package, number))
        }
    }

    /// An environment has one package of a name: `conda-meta` and `__clobbers__` know it by that.
    private static func checkNames(_ packages: [CondaInstallation]) throws(CondaPrefixError) {
        var first: [CondaName: String] = [:]
        for package in packages {
            let name = package.record.fileName.description
            if let other = first.updateValue(name, forKey: package.record.name) { throw .sameName(package: name, other: other) }
        }
    }

    private mutating func plan(_ package: CondaInstallation, _ number: Int) throws(CondaPrefixError) -> [Item] {
        let name = package.record.fileName.description
        var result: [Item] = []
        result.reserveCapacity(package.paths.entries.count)
        for (place, entry) in package.paths.entries.enumerated() {
            let path = try Self.checked(entry.path, of: name)
            let target = try self.target(of: path, package)
            try ReservedPlaces.check(target, isDirectory: entry.kind == .directory, of: name)
            let item = Item(source: .path(place), target: target)
            if entry.kind == .directory {
                result.append(try claimDirectory(item, package, number))
            } else if try !isRepeated(item, place, package, number) {
                result.append(try claim(item, package, number, place))
            }
        }
        if package.noarch == .python {
            guard python != nil || package.link.entryPoints.isEmpty else { throw .noPython(package: name) }
            for point in package.link.entryPoints {
                let command = try Self.checked(point.command, of: name)
                guard !command.utf8.contains(UInt8(ascii: "/")) else { throw .unsafePath(package: name, path: point.command) }
                result.append(try claim(Item(source: .entryPoint(point), target: "bin/\(command)"), package, number))
            }
        }
        return result
    }

    /// Whether a package lists a path that it has listed before. Said twice in the same words, it is one file; otherwise nobody
    /// knows what is meant.
    private func isRepeated(
        _ item: Item, _ place: Int, _ package: CondaInstallation, _ number: Int
    ) throws(CondaPrefixError) -> Bool {
        let name = package.record.fileName.description
        var key = PathKey(item.target)
        if let owner = owners[key], owner.package != number { key = PathKey(Self.aside(item.target, package)) }
        let entries = package.paths.entries
        if let first = owners[key]?.place {
            var entry = entries[place]
            entry.path = entries[first].path
            if entry == entries[first] { return try Self.checked(entries[place].path, of: name) == Self.checked(entry.path, of: name) }
        } else if directoryOwners[key] != number {
            return false
        }
        throw .information(
            package: name, file: "the list of its files", reason: "has '\(entries[place].path)' twice, as two different things")
    }

    static func checked(_ path: String, of package: String) throws(CondaPrefixError) -> String {
        guard let checked = try? EntryPath(parsing: path) else { throw .unsafePath(package: package, path: path) }
        return checked.string
    }

    /// `noarch` Python packages have their modules in `site-packages` and their programs in `python-scripts` (CEP 20).
    private func target(of path: String, _ package: CondaInstallation) throws(CondaPrefixError) -> String {
        guard package.noarch == .python else { return path }
        if path.hasPrefix("site-packages/") {
            guard let python else { throw .noPython(package: package.record.fileName.description) }
            return python.sitePackages + path.dropFirst("site-packages".count)
        }
        return path.hasPrefix("python-scripts/") ? "bin" + path.dropFirst("python-scripts".count) : path
    }

    /// Takes a path for a file or a link; where another one has it, one below `__clobbers__`.
    private mutating func claim(
        _ item: Item, _ package: CondaInstallation, _ number: Int, _ place: Int? = nil
    ) throws(CondaPrefixError) -> Item {
        let item = try movedAside(item, owner(of: item.target), package, number)
        owners[PathKey(item.target)] = Owner(package: number, place: place)
        if let parent = Self.parent(of: item.target) { addDirectory(parent, number) }
        return item
    }

    /// A folder that others have too is shared; one where, or below which, another package has a file is kept aside.
    private mutating func claimDirectory(
        _ item: Item, _ package: CondaInstallation, _ number: Int
    ) throws(CondaPrefixError) -> Item {
        var item = item
        if directoryOwners[PathKey(item.target)] == nil {
            item = try movedAside(item, owner(of: item.target), package, number)
        }
        addDirectory(item.target, number)
        return item
    }

    private mutating func movedAside(
        _ item: Item, _ owner: Int?, _ package: CondaInstallation, _ number: Int
    ) throws(CondaPrefixError) -> Item {
        guard let owner else { return item }
        clobbered.append((item.target, owner, number))
        let aside = Self.aside(item.target, package)
        guard owners[PathKey(aside)] == nil else {
            throw .information(
                package: package.record.fileName.description, file: "the list of its files",
                reason: "has three of them for one place: \(item.target)")
        }
        return Item(source: item.source, target: aside, original: item.target)
    }

    private static func aside(_ path: String, _ package: CondaInstallation) -> String {
        "\(clobberFolder)/\(package.record.name)/\(path)"
    }

    /// Whose file a path is, or is below; of a folder that others need, the first who needs it.
    private func owner(of path: String) -> Int? {
        let key = PathKey(path)
        if let owner = owners[key]?.package ?? directoryOwners[key] { return owner }
        var parent = Self.parent(of: path)
        while let folder = parent, directoryOwners[PathKey(folder)] == nil {
            if let owner = owners[PathKey(folder)] { return owner.package }
            parent = Self.parent(of: folder)
        }
        return nil
    }

    private mutating func addDirectory(_ path: String, _ number: Int) {
        guard directoryOwners[PathKey(path)] == nil else { return }
        if let parent = Self.parent(of: path) { addDirectory(parent, number) }
        directoryOwners[PathKey(path)] = number
        directories.append(path)
    }

    private static func parent(of path: String) -> String? {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
    }
}

/// A path by its bytes, as the file systems of Linux see it: one accented letter and a letter with an accent are two names.
private struct PathKey: Hashable {
    private let path: String

    init(_ path: String) { self.path = path }

    static func == (left: Self, right: Self) -> Bool {
        var (one, other) = (left.path, right.path)
        return one.withUTF8 { one in
            other.withUTF8 { other in
                guard one.count == other.count else { return false }
                guard let bytes = one.baseAddress, let others = other.baseAddress else { return true }
                return memcmp(bytes, others, one.count) == 0
            }
        }
    }

    func hash(into hasher: inout Hasher) {
        var text = path
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
