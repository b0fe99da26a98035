import CUnixSockets
import Clusters
import FoundationEssentials
import Glibc

/// What a cluster of processes keeps in its folder: `groups/<digest of the key>/` with the script, and a folder for each job in it.
struct ProcessFolder: Sendable {
    struct Group: Codable {
        var key: JobGroupKey
        /// In the order of submission.
        var sequence: Int
        var count: Int
        var isGang: Bool
        var variables: [String: String]

        var folder: String { ProcessFolder.digest(key.description) }
        var jobs: [JobID] { (0..<count).map { JobID("\(folder)-\($0)") } }
    }

    let path: String

    // MARK: Groups

    func whileLocked<Value>(_ body: () throws -> Value) throws -> Value {
        try FileManager.default.createDirectory(atPath: path + "/groups", withIntermediateDirectories: true)
        let descriptor = open(path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else { throw ContractBreach("cannot lock \(path)") }
        defer { close(descriptor) }
        return try body()
    }

    func groups() throws -> [Group] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/groups").compactMap { try group(in: $0) }
    }

    func group(_ key: JobGroupKey) throws -> Group? {
        guard let group = try group(in: Self.digest(key.description)) else { return nil }
        guard group.key == key else { throw ContractBreach("\(key) and \(group.key) have one digest") }
        return group
    }

    private func group(in folder: String) throws -> Group? {
        guard let data = FileManager.default.contents(atPath: "\(path)/groups/\(folder)/group.json") else { return nil }
        return try JSONDecoder().decode(Group.self, from: data)
    }

    func add(_ group: JobGroup) throws -> Group {
        let made = Group(
            key: group.key, sequence: try groups().count, count: group.attempts.count, isGang: group.isGang,
            variables: group.program.variables)
        let folder = "\(path)/groups/\(made.folder)"
        for index in 0..<made.count {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(index)", withIntermediateDirectories: true)
        }
        try Data(group.program.script.utf8).write(to: URL(filePath: folder + "/script"))
        try JSONEncoder().encode(made).write(to: URL(filePath: folder + "/group.part"))
        guard rename(folder + "/group.part", folder + "/group.json") == 0 else { throw ContractBreach("cannot write \(folder)") }
        return made
    }

    /// FNV-1a, in hexadecimal digits.
    private static func digest(_ text: String) -> String {
        String(text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
    }

    // MARK: Jobs

    private func folder(of job: JobID) -> String? {
        let halves = job.text.split(separator: "-").map(String.init)
        guard halves.count == 2, !job.text.contains("/") else { return nil }
        let folder = "\(path)/groups/\(halves[0])/\(halves[1])"
        return access(folder, F_OK) == 0 ? folder : nil
    }

    func state(of job: JobID) -> JobState {
        guard let folder = folder(of: job) else { return .unknown }
        if let ending = ending(in: folder) { return .ended(ending) }
        if access(folder + "/cancelled", F_OK) == 0 { return .ended(JobEnding(.cancelled)) }
        guard let pid = number(folder + "/pid") else { return .pending(reason: "Resources") }
        if isAlive(pid) { return .running(node: "here") }
        // It may have ended, with its code, since that was looked for.
        return .ended(ending(in: folder) ?? JobEnding(.signalled(9), node: "here"))
    }

    private func ending(in folder: String) -> JobEnding? {
        guard let code = number(folder + "/code") else { return nil }
        let cause: JobEnding.Cause = code == 0 ? .completed : code > 128 ? .signalled(code - 128) : .exited(code: code)
        return JobEnding(cause, node: "here")
    }

    func cancel(_ job: JobID) throws {
        guard let folder = folder(of: job), !state(of: job).isOver else { return }
        try Data().write(to: URL(filePath: folder + "/cancelled"))
        if let pid = number(folder + "/pid") { kill(-pid, SIGKILL) }
    }

    /// Ends all jobs.
    func endAll() {
        for group in (try? groups()) ?? [] { for job in group.jobs { try? cancel(job) } }
    }

    func start(_ job: JobID, at index: Int, of group: Group) throws {
        guard let folder = folder(of: job) else { return }
        var variables = group.variables
        for name in ["PATH", "HOME", "TMPDIR"] where variables[name] == nil {
            variables[name] = getenv(name).map { String(cString: $0) }
        }
        variables["PENSTOCK_JOB_INDEX"] = "\(index)"
        if group.isGang { variables["MF_PARALLEL_MAIN_IP"] = "127.0.0.1" }
        try Self.launch(folder, script: "\(path)/groups/\(group.folder)/script", variables)
    }

    private func number(_ file: String) -> Int32? {
        FileManager.default.contents(atPath: file).flatMap { Int32(String(decoding: $0, as: UTF8.self)) }
    }

    /// A process that has ended and was not waited for by whoever inherited it is not alive.
    private func isAlive(_ pid: Int32) -> Bool {
        guard kill(pid, 0) == 0 else { return false }
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return true }
        return !String(decoding: data, as: UTF8.self).contains(") Z ")
    }

    /// Starts a session of its own, which notes its exit code, and notes its id; both outlive this process.
    private static func launch(_ folder: String, script: String, _ variables: [String: String]) throws {
        let session = #"sh "$2" > "$1/output" 2>&1; printf %s $? > "$1/code.part"; mv "$1/code.part" "$1/code""#
        let launch = #"setsid sh -c "$3" sh "$1" "$2" < /dev/null > /dev/null 2>&1 & printf %s $! > "$1/pid""#
        var arguments = ["sh", "-c", launch, "sh", folder, script, session].map { (text: String) in strdup(text) } + [nil]
        var environment = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + environment { free(text) } }
        // Connections of this process are not the job's: they would outlive their ends here.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        penstock_spawn_closing_from(&actions, 3)
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, "/bin/sh", &actions, nil, &arguments, &environment)
        var status: Int32 = 0
        guard failure == 0, waitpid(pid, &status, 0) == pid, status == 0 else {
            throw ContractBreach("cannot start a job: \(failure), \(status)")
        }
    }
}
