import Archives
import Clusters
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What jobs print that is not in the datastore: a node that could not start says why there. The files of jobs that have done
/// their work are removed.
struct JobOutput: Sendable {
    let folder: FilePath?

    /// How much of a file is read, in bytes, and how many lines of that are told.
    private static let tail = 2048
    private static let lines = 8

    /// The pattern of the files' names for `sbatch`.
    func pattern(isArray: Bool) -> String {
        guard let folder else { return "/dev/null" }
        let name = folder.string.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
        return name + (isArray ? "/%A_%a.out" : "/%j.out")
    }

    /// Makes the folder; without it a job would not start.
    func prepare() async throws(ClusterError) {
        guard let folder else { return }
        let isThere = await BlockingWork.run { Self.make(folder.string) }
        guard isThere else {
            throw ClusterError(
                "slurm", .notSetUp, "cannot make the folder \(folder) for the output of jobs",
                help: "name a folder that you may write to and that the nodes see, in PENSTOCK_SLURM_OUTPUT")
        }
    }

    private static func make(_ path: String) -> Bool {
        var status = stat()
        if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR }
        guard let slash = path.lastIndex(of: "/") else { return mkdir(path, 0o755) == 0 || errno == EEXIST }
        return (slash == path.startIndex || make(String(path[..<slash]))) && (mkdir(path, 0o755) == 0 || errno == EEXIST)
    }

    /// States of jobs that failed, with the last lines that they printed; files of those that have ended well are removed.
    func completed(_ states: [JobID: JobState]) async -> [JobID: JobState] {
        guard folder != nil else { return states }
        let ended = states.compactMap { id, state -> (SlurmJobID, JobID, JobEnding)? in
            guard case .ended(let ending) = state, let job = SlurmJobID(id) else { return nil }
            return (job, id, ending)
        }
        if ended.isEmpty { return states }
        return await BlockingWork.run {
            var states = states
            for (job, id, ending) in ended {
                if ending.cause == .completed {
                    if let path = path(of: job) { unlink(path) }
                } else {
                    let words = read(job)
                    guard !words.isEmpty else { continue }
                    var told = ending
                    told.message = ([ending.message].compactMap(\.self) + words).joined(separator: "\n")
                    states[id] = .ended(told)
                }
            }
            return states
        }
    }

    /// Removes the empty files of jobs, by their numbers.
    func removeEmpty(of jobs: Set<Int>) async {
        guard let folder, !jobs.isEmpty else { return }
        await BlockingWork.run {
            guard let entries = opendir(folder.string) else { return }
            defer { closedir(entries) }
            while let entry = readdir(entries) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                guard name.hasSuffix(".out"), let job = SlurmJobID.number(name.prefix { $0 != "_" && $0 != "." }), jobs.contains(job) else { continue }
                let path = folder.appending(name).string
                var status = stat()
                if stat(path, &status) == 0, status.st_size == 0 { unlink(path) }
            }
        }
    }

    func lastLines(of job: SlurmJobID) async -> [String] {
        await BlockingWork.run { read(job) }
    }

    private func path(of job: SlurmJobID) -> String? { folder?.appending("\(job.slurmText).out").string }

    private func read(_ job: SlurmJobID) -> [String] {
        guard let path = path(of: job), let descriptor = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking]) else { return [] }
        defer { try? descriptor.close() }
        guard let size = try? descriptor.seek(offset: 0, from: .end), size > 0 else { return [] }
        let start = max(0, size - Int64(Self.tail))
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.tail) { buffer, count in
            count = (try? descriptor.read(fromAbsoluteOffset: start, into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        return (start > 0 ? lines.dropFirst() : lines[...]).suffix(Self.lines).map { String($0.prefix(300)) }
    }
}
