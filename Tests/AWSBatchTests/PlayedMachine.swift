import FlowModel

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The machines behind a queue that is played: a few jobs run at a time, as processes of this machine without a container.
struct PlayedMachine {
    /// Runs at most so many jobs at a time.
    let slots = 8
    /// The processes of jobs, or of their nodes, by id.
    private(set) var processes: [String: pid_t] = [:]

    /// Starts what waits and notices what has ended.
    mutating func pass(_ state: inout PlayedBatch.State) {
        for place in state.jobs.indices where state.jobs[place].status != "RUNNING" || processes[state.jobs[place].id] != nil {
            reap(&state.jobs[place])
        }
        for place in state.jobs.indices where processes.count < slots && state.jobs[place].status == "SUBMITTED" {
            start(place, &state)
        }
    }

    mutating func end(_ id: String) {
        for (name, process) in processes where name == id || name.hasPrefix(id + "#") { kill(-process, SIGKILL) }
    }

    private mutating func start(_ place: Int, _ state: inout PlayedBatch.State) {
        let job = state.jobs[place]
        guard job.parent == nil, let definition = state.definitions.first(where: { $0["jobDefinitionArn"] == job.body["jobDefinition"] })
        else { return }
        state.jobs[place].begin()
        guard let nodes = definition["nodeProperties"], case .integer(let count)? = nodes["numNodes"] else {
            let command = definition["containerProperties"]?["command"]?.list.compactMap(\.plain) ?? []
            processes[job.id] = Self.spawn(command, job.body["containerOverrides"]?["environment"]?.byName ?? [:])
            return
        }
        let command = nodes["nodeRangeProperties"]?.list.first?["container"]?["command"]?.list.compactMap(\.plain) ?? []
        let overrides = job.body["nodeOverrides"]?["nodePropertyOverrides"]?.list.first?["containerOverrides"]
        for index in 0..<count {
            var variables = overrides?["environment"]?.byName ?? [:]
            variables["AWS_BATCH_JOB_NODE_INDEX"] = "\(index)"
            variables["AWS_BATCH_JOB_NUM_NODES"] = "\(count)"
            // The main node is not told where it is. It finds what `/etc/hosts` says, which may be another address of this machine.
            variables["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"] = index == 0 ? nil : PlayedMachine.ownAddress
            var node = PlayedBatch.Job(id: "\(job.id)#\(index)", body: job.body)
            node.parent = job.id
            node.begin()
            processes[node.id] = Self.spawn(command, variables)
            state.jobs.append(node)
        }
    }

    private mutating func reap(_ job: inout PlayedBatch.Job) {
        guard let process = processes[job.id] else { return }
        var status: Int32 = 0
        guard waitpid(process, &status, WNOHANG) == process else { return }
        processes[job.id] = nil
        let signal = status & 0x7f
        job.end(code: signal == 0 ? Int((status >> 8) & 0xff) : 128 + Int(signal))
    }

    /// As the script of a gang finds it: the address that stands beside this machine's name.
    private static let ownAddress: String = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count)
        let own = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let hosts = fopen("/etc/hosts", "r") else { return "127.0.0.1" }
        defer { fclose(hosts) }
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), hosts) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let words = text.split(whereSeparator: \.isWhitespace)
            if words.dropFirst().contains(Substring(own)) { return String(words[0]) }
        }
        return "127.0.0.1"
    }()

    /// In a process group of its own, with no more variables than it is given and a search path.
    private static func spawn(_ command: [String], _ variables: [String: String]) -> pid_t? {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let all = variables.merging(["PATH": "/usr/local/bin:/usr/bin:/bin"]) { own, _ in own }
        let arguments = command.map { strdup($0) } + [nil]
        let environment = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var process: pid_t = 0
        return posix_spawnp(&process, command.first ?? "", nil, &attributes, arguments, environment) == 0 ? process : nil
    }
}

extension PlayedBatch.Job {
    mutating func begin() {
        status = "RUNNING"
        details["startedAt"] = .integer(1_700_000_002_000)
    }

    mutating func end(code: Int) {
        details["container"] = .object(["exitCode": .integer(code)])
        if status == "RUNNING" {
            status = code == 0 ? "SUCCEEDED" : "FAILED"
            if code != 0 { details["statusReason"] = .string("Essential container in task exited") }
        }
    }
}
