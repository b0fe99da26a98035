import Archives
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whether the code of a package is what the commit holds.
///
/// Most often the index of the checkout tells. Where it does not (files that were touched, or that Git does not know; changes
/// that are staged), Git itself is asked, if it is installed.
package struct GitChanges {
    private let checkout: GitCheckout
    /// The person's files by their paths from the worktree.
    private let files: [String: FileState]
    /// The flow's folder from the worktree, with a slash behind it; empty when it is the worktree.
    private let prefix: String
    private let filter: NameFilter

    /// - Parameter folder: the flow's, as an absolute path.
    package init(of package: FlowPackage, in checkout: GitCheckout, folder: FilePath, suffixes: [String] = []) {
        self.checkout = checkout
        let below = folder.components.dropFirst(checkout.worktree.components.count).map(\.string)
        let prefix = below.map { $0 + "/" }.joined()
        self.prefix = prefix
        filter = .user(adding: suffixes)
        files = Dictionary(
            package.files.compactMap { file in
                guard file.role == .user, case .file(_, let state) = file.content else { return nil }
                return (prefix + file.path.string, state)
            }) { first, _ in first }
    }

    /// Whether a file of the package is another one than in the commit, is not in it, or is missing here; `nil` when nobody
    /// can tell. Blocks.
    package func exist() -> Bool? {
        checkout.commit == nil ? true : byIndex() ?? byGit()
    }

    // MARK: The index

    private func byIndex() -> Bool? {
        let place = checkout.folder.appending("index")
        var status = stat()
        guard stat(place.string, &status) == 0, let bytes = try? WholeFile.read(place, size: Int(status.st_size)),
            let index = GitIndex(bytes)
        else { return nil }
        let written = FileState(status).modified
        var isKnown = true
        for (path, state) in files {
            guard let entry = index.entries[path] else {
                isKnown = false
                continue
            }
            if entry.isConflict { return true }
            // Git notes a size of 0 where it does not trust its own times.
            if entry.size != UInt32(truncatingIfNeeded: state.size), entry.size != 0 { return true }
            let modified = Int64(entry.modified.0) * 1_000_000_000 + Int64(entry.modified.1)
            let isSame = modified == state.modified && entry.inode == UInt32(truncatingIfNeeded: state.inode)
                && entry.size == UInt32(truncatingIfNeeded: state.size) && modified < written
            if !isSame { isKnown = false }
        }
        for path in index.entries.keys where path.hasPrefix(prefix) && files[path] == nil && isWanted(path) {
            var status = stat()
            if lstat(checkout.worktree.pushing(FilePath(path)).string, &status) != 0 { return true }
        }
        guard isKnown, let tree = index.tree, let committed = committedTree else { return nil }
        return tree != committed
    }

    private func isWanted(_ path: String) -> Bool {
        let names = path.dropFirst(prefix.count).split(separator: "/").map(String.init)
        return names.dropLast().allSatisfy { filter.acceptsFolder($0) } && names.last.map { filter.acceptsFile($0) } ?? false
    }

    /// Of the commit, where that has a file of its own and is not packed with others.
    private var committedTree: String? {
        guard let commit = checkout.commit else { return nil }
        let file = checkout.commonFolder.appending("objects").appending(String(commit.prefix(2)))
            .appending(String(commit.dropFirst(2)))
        guard let stored = try? WholeFile.read(file), let object = Zlib.decompress(stored, limit: 1 << 20),
            let end = object.firstIndex(of: 0)
        else { return nil }
        let line = String(decoding: object[(end + 1)...].prefix { $0 != 0x0a }, as: UTF8.self)
        return line.hasPrefix("tree ") ? String(line.dropFirst(5)) : nil
    }

    // MARK: Git itself

    private func byGit() -> Bool? {
        let arguments = [
            "git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", checkout.worktree.string, "status", "--porcelain",
            "-z", "--no-renames", "--untracked-files=all", "--", prefix.isEmpty ? "." : prefix,
        ]
        guard let output = ShortCommand(arguments).output(within: .seconds(3)) else { return nil }
        return output.split(separator: 0).contains { line in
            // Two letters, a space, the path.
            let state = line.prefix(2)
            let path = String(decoding: line.dropFirst(3), as: UTF8.self)
            return files[path] != nil || (state.contains(UInt8(ascii: "D")) && isWanted(path))
        }
    }
}

/// A command whose output is wanted, and nothing else of it.
private struct ShortCommand {
    private let words: [String]

    init(_ words: [String]) {
        self.words = words
    }

    /// `nil` when there is no such command, when it fails, and when it takes longer.
    func output(within limit: Duration) -> [UInt8]? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        defer { close(ends[0]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        guard let process = launch(writingTo: ends[1]) else {
            close(ends[1])
            return nil
        }
        close(ends[1])
        let output = read(ends[0], until: .now + limit)
        if output == nil { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status == 0 ? output : nil
    }

    private func launch(writingTo descriptor: Int32) -> pid_t? {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var process = pid_t()
        return posix_spawnp(&process, words[0], &actions, nil, &arguments, environ) == 0 ? process : nil
    }

    private func read(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> [UInt8]? {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let rest = (deadline - .now).components
            let milliseconds = max(0, rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000)
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&request, 1, Int32(min(milliseconds, 60_000)))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            let count = receive(descriptor, &buffer)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return output }
            output += buffer[..<count]
        }
    }

    private func receive(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, &buffer, buffer.count)
        #elseif canImport(Musl)
        Musl.read(descriptor, &buffer, buffer.count)
        #else
        Darwin.read(descriptor, &buffer, buffer.count)
        #endif
    }
}
