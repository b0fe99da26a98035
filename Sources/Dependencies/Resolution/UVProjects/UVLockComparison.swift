internal import Lockfiles
internal import PythonPackaging

/// Tells what of a project changed since its `uv.lock` was made. Knows what uv itself looks at before it resolves anew.
struct UVLockComparison {
    let workspace: UVWorkspace
    let lock: UVLock
    /// The Pythons that the lock is for.
    let pythons: SpecifierSet
    private(set) var differences: [String] = []

    init(_ workspace: UVWorkspace, _ lock: UVLock) {
        self.workspace = workspace
        self.lock = lock
        pythons = lock.requiresPython.flatMap { try? SpecifierSet(parsing: $0) } ?? .any
    }

    /// Each a sentence without a full stop; none if the lock is up to date.
    static func differences(of workspace: UVWorkspace, from lock: UVLock) throws(UVProjectError) -> [String] {
        var comparison = UVLockComparison(workspace, lock)
        try comparison.compareMembers()
        try comparison.compareSettings()
        try comparison.comparePackages()
        return comparison.differences
    }

    mutating func tell(_ difference: String) { differences.append(difference) }

    // MARK: - Members

    private mutating func compareMembers() throws(UVProjectError) {
        let names = Set(workspace.members.compactMap(\.name))
        // A project by itself is not listed.
        let isAlone = workspace.members.count == 1 && workspace.root.name != nil
        let listed = Set(lock.members)
        if !(isAlone && listed.isEmpty) {
            for name in names.subtracting(listed).sorted() { tell("\(name) is a member of the workspace now") }
            for name in listed.subtracting(names).sorted() { tell("\(name) is no member of the workspace any more") }
        }
        let required = workspace.required
        for member in workspace.members {
            guard let name = member.name else { continue }
            guard let entry = lock.packages.first(where: { $0.name == name && $0.source.folder != nil }) else {
                if isAlone { tell("the project is called \(name) now") }
                continue
            }
            // Earlier locks do not tell which groups are taken by default.
            if lock.revision >= 5, entry.defaultGroups != member.statedDefaultGroups {
                tell("[tool.uv] default-groups of \(name) changed")
            }
            compare(entry.source, of: name, isPackage: member.isPackage(isRequired: required.keys.contains(name)),
                isEditable: (required[name] ?? nil) ?? true)
        }
    }

    private mutating func compare(_ source: UVSource, of name: PackageName, isPackage: Bool, isEditable: Bool) {
        switch source {
        case .virtual where isPackage: tell("\(name) is a package now, which is installed")
        case .editable where !isPackage, .directory where !isPackage: tell("\(name) is no package any more, which would be installed")
        case .directory where isEditable: tell("\(name) is editable now")
        case .editable where !isEditable: tell("\(name) is not editable any more")
        default: break
        }
    }

    // MARK: - Packages

    /// Members, and other projects in folders of this machine.
    private mutating func comparePackages() throws(UVProjectError) {
        for entry in lock.packages {
            guard let folder = entry.source.folder, let metadata = entry.metadata else { continue }
            if let member = workspace.members.first(where: { $0.name == entry.name }) {
                try compare(entry, metadata, UVRequirements(member: member, workspace: workspace))
                continue
            }
            let path = UVFolder.path(folder, below: workspace.root.folder)
            guard let other = try UVWorkspace.discover(from: path), other.current.folder == path, other.current.name == entry.name
            else { continue }
            try compare(entry, metadata, UVRequirements(member: other.current, workspace: other))
        }
    }

    private mutating func compare(
        _ entry: UVPackage, _ metadata: UVMetadata, _ now: UVRequirements
    ) throws(UVProjectError) {
        let member = now.member
        let isDynamic = member.isDynamic("version") || member.version == nil
        switch (entry.version, member.version) {
        case (let locked?, let version?) where !isDynamic && locked != version:
            tell("the version of \(entry.name) was \(locked), and is \(version)")
        case (_?, _) where isDynamic: tell("the version of \(entry.name) is told by its build now")
        case (nil, let version?) where !isDynamic: tell("the version of \(entry.name) is \(version) now, and was told by its build")
        default: break
        }
        do throws(RequestError) {
            if let dependencies = try now.dependencies() {
                try compareExtras(metadata, now)
                tellChanges(metadata.requirements, dependencies, in: "the dependencies of \(entry.name)")
            }
            let groups = try now.groups()
            for name in Set(groups.keys).union(metadata.groups.keys).sorted() {
                compareGroup(name, metadata.groups[name], groups[name], of: entry.name)
            }
        } catch {
            throw UVProjectError(error, file: member.file)
        }
    }

    private mutating func compareExtras(_ metadata: UVMetadata, _ now: UVRequirements) throws(RequestError) {
        guard lock.revision >= 1, let name = now.member.name else { return }
        let (before, after) = (Set(metadata.extras), Set(now.member.project.extraNames))
        for extra in after.subtracting(before).sorted() { tell("\(name) has the extra '\(extra)' now") }
        for extra in before.subtracting(after).sorted() { tell("\(name) has no extra '\(extra)' any more") }
    }

    mutating func compareGroup(
        _ group: PackageName, _ before: [UVRequirement]?, _ after: [UVRequirement]?, of name: PackageName?
    ) {
        let owner = name.map { " of \($0)" } ?? ""
        // Older locks do not tell of groups without requirements.
        let countsEmpty = lock.revision >= 1 && name != nil
        switch (before, after) {
        case (nil, let after?) where countsEmpty || !after.isEmpty: tell("there is a dependency group '\(group)'\(owner) now")
        case (let before?, nil) where countsEmpty || !before.isEmpty: tell("there is no dependency group '\(group)'\(owner) any more")
        default: tellChanges(before ?? [], after ?? [], in: "the group '\(group)'\(owner)")
        }
    }

    // MARK: - Requirements

    mutating func tellChanges(_ before: [UVRequirement], _ after: [UVRequirement], in place: String) {
        var gone = unique(before)
        var new: [UVRequirement] = []
        for requirement in unique(after) {
            if let same = gone.firstIndex(where: { isSame($0, requirement) }) { gone.remove(at: same) } else { new.append(requirement) }
        }
        for requirement in new {
            let words = told(requirement)
            if let old = gone.firstIndex(where: { $0.name == requirement.name }) {
                tell("in \(place), '\(told(gone.remove(at: old)))' became '\(words)'")
            } else {
                tell("'\(words)' was added to \(place)")
            }
        }
        for requirement in gone { tell("'\(told(requirement))' was taken out of \(place)") }
    }

    private func unique(_ requirements: [UVRequirement]) -> [UVRequirement] {
        requirements.reduce(into: []) { kept, requirement in
            if !kept.contains(where: { isSame($0, requirement) }) { kept.append(requirement) }
        }
    }

    private func isSame(_ left: UVRequirement, _ right: UVRequirement) -> Bool {
        left.name == right.name && left.extras == right.extras && comparable(left.source) == comparable(right.source)
            && Marker.areEquivalent(left.marker, right.marker, for: pythons)
    }

    /// With absolute paths, and without what only spells an address differently.
    private func comparable(_ source: UVRequirement.Source) -> UVRequirement.Source {
        switch source {
        case .registry(let specifiers, let index): .registry(specifiers, index: index.map(address))
        case .git(let url): .git(Self.repository(url))
        case .url(let url, let subdirectory):
            .url(String(DirectReference.redacting(url).prefix { $0 != "#" }).withoutRedaction, subdirectory: subdirectory)
        case .path(let path): .path(absolute(path))
        case .directory(let path): .directory(absolute(path))
        case .editable(let path): .editable(absolute(path))
        case .virtual(let path): .virtual(absolute(path))
        }
    }

    /// The address of an index without credentials; folders are absolute.
    func address(_ index: String) -> String {
        guard index.contains("://") else { return absolute(index) }
        let bare = DirectReference.redacting(index).withoutRedaction
        return bare.hasSuffix("/") ? String(bare.dropLast()) : bare
    }

    private func absolute(_ path: String) -> String { UVFolder.path(path, below: workspace.root.folder) }

    private static func repository(_ url: String) -> String {
        let bare = DirectReference.redacting(url).withoutRedaction.prefix { $0 != "#" }
        let halves = bare.split(separator: "?", maxSplits: 1)
        guard halves.count == 2 else { return String(bare) }
        let query = halves[1].split(separator: "&").map { PercentText.decoded(String($0)) }.sorted()
        return "\(halves[0])?\(query.joined(separator: "&"))"
    }

    /// Paths as they are seen from the root.
    private func told(_ requirement: UVRequirement) -> String {
        var copy = requirement
        let root = workspace.root.folder + "/"
        let relative = { (path: String) in path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path }
        switch requirement.source {
        case .path(let path): copy.source = .path(relative(path))
        case .directory(let path): copy.source = .directory(relative(path))
        case .editable(let path): copy.source = .editable(relative(path))
        case .virtual(let path): copy.source = .virtual(relative(path))
        case .git(let url): copy.source = .git(DirectReference.redacting(url))
        case .registry, .url: break
        }
        return copy.description
    }
}

extension String {
    /// A URL whose credentials were made unreadable, without them.
    fileprivate var withoutRedaction: String { replacing("****@", with: "") }
}

/// `%2F` and the like.
private enum PercentText {
    static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
