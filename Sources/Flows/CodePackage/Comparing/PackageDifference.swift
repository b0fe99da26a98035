package import Archives

/// What one package holds, by place: enough to compare it.
package struct PackageListing: Sendable {
    package struct File: Sendable, Hashable {
        package var bytes: [UInt8]
        package var isExecutable: Bool
    }

    package private(set) var files: [EntryPath: File] = [:]

    /// Of an archive that a run keeps.
    package init(_ entries: [TarEntry]) {
        for entry in entries {
            if case .file(let bytes, let isExecutable) = entry.content {
                files[entry.path] = File(bytes: bytes, isExecutable: isExecutable)
            }
        }
    }

    /// Of the files as they are now. Blocks.
    package init(_ package: FlowPackage) throws(CodePackageError) {
        for file in package.files {
            var isExecutable = false
            if case .file(_, let state) = file.content { isExecutable = state.isExecutable }
            files[file.path] = File(bytes: try file.bytes(), isExecutable: isExecutable)
        }
    }

    /// The person's files and modules: neither the SDK nor what Penstock notes.
    package var code: [EntryPath: File] {
        files.filter { path, _ in
            !["\(PackageDraft.metaFolder)/", "\(PackageDraft.codeFolder)/penstock/", "\(PackageDraft.codeFolder)/metaflow/"]
                .contains { path.string.hasPrefix($0) } && path.string != ".mf_install"
        }
    }

    /// One of the files, as text.
    package func text(_ path: String) -> String? {
        files.first { $0.key.string == path }.map { String(decoding: $0.value.bytes, as: UTF8.self) }
    }
}

/// How the code of a second package differs from that of a first.
package struct PackageDifference: Sendable {
    package enum Change: String, Sendable, Hashable {
        case added, removed, changed
    }

    package struct File: Sendable, Hashable {
        package var path: EntryPath
        package var change: Change
        /// Bytes before and after; absent on a side without the file.
        package var sizes: (before: Int?, after: Int?) { (before, after) }
        fileprivate var before: Int?
        fileprivate var after: Int?
        /// Whether it can be executed now and could not before, or the other way round.
        package var modeChanged: Bool
        /// Nothing for what is no text.
        package var text: UnifiedDifference?
    }

    /// Sorted by path.
    package let files: [File]

    package init(from old: PackageListing, to new: PackageListing) {
        let (before, after) = (old.code, new.code)
        files = Set(before.keys).union(after.keys).sorted().compactMap { path in
            let (first, second) = (before[path], after[path])
            guard first != second else { return nil }
            let change: Change = first == nil ? .added : second == nil ? .removed : .changed
            return File(
                path: path, change: change, before: first?.bytes.count, after: second?.bytes.count,
                modeChanged: change == .changed && first?.isExecutable != second?.isExecutable,
                text: Self.text(first, second, path))
        }
    }

    private static func text(
        _ old: PackageListing.File?, _ new: PackageListing.File?, _ path: EntryPath
    ) -> UnifiedDifference? {
        let texts = [old, new].map { file in file.map { $0.bytes.contains(0) ? nil : String(validating: $0.bytes, as: UTF8.self) } }
        if texts.contains(where: { $0 == .some(.none) }) { return nil }
        return UnifiedDifference(texts[0] ?? nil, texts[1] ?? nil, path: path.string)
    }

    package var isEmpty: Bool { files.isEmpty }

    /// Everything in the unified format; what is no text in a line.
    package var lines: [String] {
        files.flatMap { file -> [String] in
            var lines: [String] = []
            if file.modeChanged { lines.append("\(file.path): whether it can be executed has changed") }
            guard let text = file.text else {
                let sizes = [file.before, file.after].map { $0.map { "\($0) bytes" } ?? "absent" }
                return lines + ["Binary files a/\(file.path) and b/\(file.path) differ: \(sizes[0]), \(sizes[1])"]
            }
            return lines + text.lines
        }
    }
}
