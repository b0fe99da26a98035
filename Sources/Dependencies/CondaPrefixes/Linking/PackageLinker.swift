import CondaPackaging
import Digests
import SystemPackage

/// Puts the files of one package into a prefix.
struct PackageLinker {
    let installation: CondaInstallation
    let python: PrefixPython?
    /// What lies in the prefix now, for the package's record.
    private(set) var paths: [LinkedPath] = []
    private(set) var clobbered: [(path: String, owner: String, other: String)] = []
    /// Whether it has scripts that other installers run when they link it.
    private(set) var hasScripts = false

    init(_ installation: CondaInstallation, python: PrefixPython?) {
        self.installation = installation
        self.python = python
    }

    private var name: String { installation.record.name.description }

    mutating func link(into tree: inout PrefixTree) throws(CondaPrefixError) {
        let isPython = installation.record.noarch == .python
        if isPython, python == nil { throw .noPython(package: installation.package.name) }
        for path in try installation.package.paths() {
            let target = isPython ? target(of: path.path) : path.path
            try link(path, at: target, into: &tree)
            if target.hasPrefix("bin/."), target.hasSuffix("-post-link.sh") || target.hasSuffix("-pre-link.sh") { hasScripts = true }
        }
        guard isPython, let python else { return }
        for text in try installation.package.entryPoints() {
            guard let script = EntryPointScript(parsing: text) else {
                throw .information(package: installation.package.name, file: "info/link.json", reason: "has the entry point '\(text)'")
            }
            try write(script, python, into: &tree)
        }
    }

    /// Where a file of a Python package goes (CEP 20).
    private func target(of path: String) -> String {
        if let rest = path.behind("site-packages/"), let python { return "\(python.sitePackages)/\(rest)" }
        if let rest = path.behind("python-scripts/") { return "bin/\(rest)" }
        return path
    }

    private mutating func link(_ path: PackagePath, at wanted: String, into tree: inout PrefixTree) throws(CondaPrefixError) {
        if path.kind == .directory {
            try tree.makeFolder(wanted)
            return paths.append(LinkedPath(path: wanted, source: path))
        }
        let target = claim(wanted, in: &tree)
        try tree.makeParent(of: target)
        let source = installation.package.files.appending(path.path)
        let place = tree.folder.appending(target)
        var linked = LinkedPath(path: target, source: path, original: target == wanted ? nil : wanted)
        if path.kind == .softlink {
            try FileLink.copyLink(source, to: place)
        } else if let placeholder = path.placeholder {
            linked.sha256InPrefix = try rewrite(path, placeholder, from: source, to: place, tree.prefix)
        } else {
            try FileLink.link(source, to: place, isCopied: path.isCopied)
        }
        paths.append(linked)
    }

    /// The path itself, or one beside where another package has it.
    private mutating func claim(_ path: String, in tree: inout PrefixTree) -> String {
        guard let owner = tree.claim(path, for: name) else { return path }
        clobbered.append((path, owner, name))
        let other = "__clobbers__/\(name)/\(path)"
        _ = tree.claim(other, for: name)
        return other
    }

    private func rewrite(
        _ path: PackagePath, _ placeholder: String, from source: FilePath, to place: FilePath, _ prefix: FilePath
    ) throws(CondaPrefixError) -> String {
        let file = try FileLink.read(source)
        let replacement = PrefixReplacement(placeholder: placeholder, prefix: prefix.string)
        if path.mode == .binary, prefix.string.utf8.count > placeholder.utf8.count {
            throw .prefixTooLong(
                package: installation.package.name, file: path.path, prefix: prefix.string, longest: placeholder.utf8.count)
        }
        // A file without its placeholder is as good as one that names no prefix.
        let changed = (path.mode == .binary ? replacement.inBinary(file.content) : replacement.inText(file.content)) ?? file.content
        try FileLink.write(changed, mode: file.mode, to: place)
        return SHA256Digest(hashing: changed).hex
    }

    private mutating func write(
        _ script: EntryPointScript, _ python: PrefixPython, into tree: inout PrefixTree
    ) throws(CondaPrefixError) {
        let wanted = "bin/\(script.name)"
        let target = claim(wanted, in: &tree)
        try tree.makeParent(of: target)
        let content = Array(script.text(python: tree.prefix.appending(python.executable).string).utf8)
        try FileLink.write(content, mode: 0o755, to: tree.folder.appending(target))
        paths.append(
            LinkedPath(
                path: target, source: PackagePath(target, size: Int64(content.count)), original: target == wanted ? nil : wanted,
                sha256InPrefix: SHA256Digest(hashing: content).hex, isEntryPoint: true))
    }
}

/// A path of a package as it lies in a prefix.
struct LinkedPath: Sendable {
    var path: String
    var source: PackagePath
    /// Where it would lie, had no other package the path.
    var original: String?
    /// Of a file that was changed, in hexadecimal digits.
    var sha256InPrefix: String?
    var isEntryPoint = false
}

extension String {
    fileprivate func behind(_ beginning: String) -> Substring? { hasPrefix(beginning) ? dropFirst(beginning.count) : nil }
}
