import Archives
import CondaPackaging

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

    private var owners: [String: Int] = [:]
    private var directoryOwners: [String: Int] = [:]
    private let python: PythonPlaces?

    static let clobberFolder = "__clobbers__"

    init(_ packages: [CondaInstallation], python: PythonPlaces?) throws(CondaPrefixError) {
        self.python = python
        for (number, package) in packages.enumerated() {
            items.append(try plan(package, number))
        }
    }

    private mutating func plan(_ package: CondaInstallation, _ number: Int) throws(CondaPrefixError) -> [Item] {
        let name = package.record.fileName.description
        var result: [Item] = []
        result.reserveCapacity(package.paths.entries.count)
        for (place, entry) in package.paths.entries.enumerated() {
            let path = try Self.checked(entry.path, of: name)
            let target = try self.target(of: path, package)
            if entry.kind == .directory {
                if owners[target] == nil { addDirectory(target, number) }
                result.append(Item(source: .path(place), target: target))
                continue
            }
            result.append(claim(Item(source: .path(place), target: target), package, number))
        }
        if package.noarch == .python {
            guard python != nil || package.link.entryPoints.isEmpty else { throw .noPython(package: name) }
            for point in package.link.entryPoints {
                result.append(claim(Item(source: .entryPoint(point), target: "bin/\(point.command)"), package, number))
            }
        }
        return result
    }

    private static func checked(_ path: String, of package: String) throws(CondaPrefixError) -> String {
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

    private mutating func claim(_ item: Item, _ package: CondaInstallation, _ number: Int) -> Item {
        var item = item
        if let owner = owner(of: item.target) {
            clobbered.append((item.target, owner, number))
            item.original = item.target
            item.target = "\(Self.clobberFolder)/\(package.record.name)/\(item.target)"
        }
        owners[item.target] = number
        if let parent = Self.parent(of: item.target) { addDirectory(parent, number) }
        return item
    }

    /// Whose file a path is, or is below; of a folder that others need, the first who needs it.
    private func owner(of path: String) -> Int? {
        if let owner = owners[path] ?? directoryOwners[path] { return owner }
        var parent = Self.parent(of: path)
        while let folder = parent, directoryOwners[folder] == nil {
            if let owner = owners[folder] { return owner }
            parent = Self.parent(of: folder)
        }
        return nil
    }

    private mutating func addDirectory(_ path: String, _ number: Int) {
        guard directoryOwners[path] == nil else { return }
        if let parent = Self.parent(of: path) { addDirectory(parent, number) }
        directoryOwners[path] = number
        directories.append(path)
    }

    private static func parent(of path: String) -> String? {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
    }
}

/// Where the installed Python has what `noarch` packages bring, relative to the prefix.
struct PythonPlaces: Sendable {
    let sitePackages: String
    /// `bin/python3.12`
    let interpreter: String

    /// `nil` for a record whose version has no minor part.
    init?(_ record: RepodataRecord) {
        let numbers = record.version.description.split(separator: ".").prefix(2)
        guard numbers.count == 2, numbers.allSatisfy({ $0.allSatisfy(\.isNumber) }) else { return nil }
        let minor = numbers.joined(separator: ".")
        interpreter = "bin/python\(minor)"
        sitePackages = record.pythonSitePackagesPath ?? "lib/python\(minor)/site-packages"
    }
}
