import Archives
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Compares what stands below a folder with what has to.
struct TreeCheck: Sendable {
    struct Outcome: Sendable {
        /// In the order of their paths.
        var damages: [VerificationReport.Damage] = []
        /// What is there and not expected.
        var extras: [FilePath] = []
        var files = 0
        /// In bytes.
        var bytes: Int64 = 0
    }

    let root: FilePath
    let expected: Expectations
    /// Whether what Python compiled is compared, and nothing else.
    var isCompiled = false
    /// Files that are damaged under another name, with their packages.
    var spoiled: [FileIdentity: String] = [:]
    /// Files that belong there without being expected, by relative path.
    var isAllowed: @Sendable (String) -> Bool = { _ in false }

    func run(_ hashes: FileHashes) async throws(EnvironmentError) -> Outcome {
        let walked: FoundFiles
        do throws(EnvironmentError) {
            walked = try await BlockingWork.run { () throws(EnvironmentError) in try FoundFiles(below: root) }
        } catch {
            guard case .system(_, let path, let code) = error else { throw error }
            let problem: FileProblem = code == ENOENT ? .missing : .unreadable(code)
            return Outcome(damages: [.init(path: FilePath(path), package: nil, problem: problem)])
        }
        let found = isCompiled ? walked.compiled : walked.files
        await hashes.find(expected.compactMap { path, expectation in question(path, expectation, found[path]) })
        if Task.isCancelled { throw .cancelled }
        var outcome = Outcome()
        for (path, expectation) in expected {
            outcome.files += 1
            outcome.bytes += Int64(clamping: found[path]?.size ?? 0)
            guard let problem = problem(path, expectation, found[path], hashes) else { continue }
            outcome.damages.append(
                VerificationReport.Damage(
                    path: root.pushing(FilePath(path)), package: expectation.package, problem: problem))
        }
        for (path, file) in walked.compiled where !spoiled.isEmpty {
            guard let package = spoiled[file.identity] else { continue }
            outcome.damages.append(
                VerificationReport.Damage(path: root.pushing(FilePath(path)), package: package, problem: .content))
        }
        outcome.damages.sort { $0.path.string < $1.path.string }
        outcome.extras = found
            .filter { $0.value.kind != .folder && expected[$0.key] == nil && !isAllowed($0.key) }
            .map { root.pushing(FilePath($0.key)) }.sorted { $0.string < $1.string }
        return outcome
    }

    // Only a file of the right size is worth reading.
    private func question(_ path: String, _ expectation: Expectation, _ found: FoundFile?) -> FileHashes.Question? {
        guard let found, found.kind == .file, case .file(let hash, let size, _) = expectation.content, !hash.isEmpty,
            size == nil || size == found.size
        else { return nil }
        return FileHashes.Question(
            file: root.pushing(FilePath(path)), identity: found.identity, size: found.size, algorithm: algorithm(hash))
    }

    private func problem(
        _ path: String, _ expectation: Expectation, _ found: FoundFile?, _ hashes: FileHashes
    ) -> FileProblem? {
        guard let found else { return .missing }
        switch expectation.content {
        case .link(let target):
            guard found.kind == .link else { return .kind }
            let leads = Self.target(of: root.pushing(FilePath(path)))
            return leads == target ? nil : .target(expected: target, found: leads)
        case .file(let hash, let size, let isExecutable):
            guard found.kind == .file else { return .kind }
            if let size, size != found.size { return .size(expected: size, found: found.size) }
            if !hash.isEmpty {
                switch hashes.answer(found.identity, algorithm(hash)) {
                case .hash(let actual): if actual != unpadded(hash) { return .content }
                case .unreadable(let code): return .unreadable(code)
                case nil: return .content
                }
            }
            return isExecutable && !found.isExecutable ? .notExecutable : nil
        }
    }

    private func algorithm(_ hash: String) -> String { String(hash.prefix { $0 != "=" }) }

    // Some builders pad after all.
    private func unpadded(_ hash: String) -> String {
        var rest = Substring(hash)
        while rest.last == "=" { rest.removeLast() }
        return String(rest)
    }

    private static func target(of link: FilePath) -> String {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let count = readlink(link.string, start.assumingMemoryBound(to: CChar.self), buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }
}
