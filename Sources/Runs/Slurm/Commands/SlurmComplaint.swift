import Clusters
import FlowModel

/// What a command of Slurm complained of, as an error that says what to do.
struct SlurmComplaint {
    /// What was tried: `submit the jobs`, `list jobs`.
    let action: String
    let answer: SlurmCommands.Answer
    /// What words that nobody knows mean: a submission was refused; a question may have an answer the next time.
    var otherwise = ClusterError.Fault.garbled

    /// Whether the command may have done its work all the same: nobody has heard what came of it.
    var isLost: Bool {
        switch answer.ending {
        case .exited: lines.isEmpty || meaning?.isSilence == true
        case .signal, .timedOut, .printedTooMuch: true
        }
    }

    var error: ClusterError {
        switch answer.ending {
        case .timedOut:
            return ClusterError(
                "slurm", .unreachable, "cannot \(action): Slurm did not answer in time", help: "look whether the cluster answers: scontrol ping")
        case .printedTooMuch: return ClusterError("slurm", .garbled, "cannot \(action): Slurm's command printed without end")
        case .signal(let number):
            return ClusterError("slurm", .unreachable, "cannot \(action): Slurm's command was ended by signal \(number)", details: lines)
        case .exited(let code):
            if lines.isEmpty {
                return ClusterError("slurm", .garbled, "cannot \(action): Slurm's command ended with code \(code) and without a word")
            }
            guard let known = meaning else {
                return ClusterError("slurm", otherwise, "cannot \(action): \(said)", details: lines.count > 1 ? lines : [])
            }
            return ClusterError(
                "slurm", known.fault, "cannot \(action): \(known.says ?? said)", details: known.says == nil && lines.count == 1 ? [] : lines,
                help: known.help)
        }
    }

    /// Whether all that it complained of are jobs that have ended or are not known.
    var isOfGoneJobs: Bool {
        guard case .exited = answer.ending, !lines.isEmpty else { return false }
        return lines.allSatisfy { line in
            Self.gone.contains { Self.lowercased(line).contains($0) }
        }
    }

    private static let gone = ["invalid job id", "already completing or completed", "job/step already completing"]

    private var meaning: Meaning? { Self.known.first { $0.words.contains(where: has) } }

    // MARK: Its words

    private func has(_ words: String) -> Bool { Self.lowercased(answer.complaint).contains(words) }

    private static func lowercased(_ text: some StringProtocol) -> String { text.lowercased() }

    /// The last lines of its own words; where to read more is none of them.
    private var raw: [Substring] {
        answer.complaint.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("Try \"") }.suffix(20)
    }

    /// Those lines, without `sbatch: error:` in front.
    private var lines: [String] {
        raw.map { line in
            var rest = line
            // A wrapper's path stands before its name.
            if rest.hasPrefix("/"), let mark = rest.firstRange(of: ": "), let slash = rest[..<mark.lowerBound].lastIndex(of: "/") {
                rest = rest[rest.index(after: slash)...]
            }
            for mark in ["sbatch: ", "squeue: ", "sacct: ", "scancel: ", "scontrol: ", "error: ", "fatal: "] where rest.hasPrefix(mark) {
                rest = rest.dropFirst(mark.count)
            }
            return String(rest.prefix(300))
        }
    }

    /// The last line of an error, which has the reason, as part of a sentence.
    private var said: String {
        let reasons = zip(raw, lines).filter { $0.0.contains("error:") || $0.0.contains("fatal:") }
        var words = reasons.last?.1 ?? lines.last ?? ""
        for mark in ["Batch job submission failed: ", "slurm_load_jobs error: "] where words.hasPrefix(mark) {
            words = String(words.dropFirst(mark.count))
        }
        while words.hasSuffix(".") { words.removeLast() }
        return words.isEmpty ? "Slurm refused it" : words.prefix(1).lowercased() + words.dropFirst()
    }

    // MARK: What it may mean

    private struct Meaning {
        /// In small letters; one of them is enough.
        var words: [String]
        var fault: ClusterError.Fault
        /// Whether nobody has answered: the request may have been heard all the same.
        var isSilence = false
        /// Instead of Slurm's own words.
        var says: String?
        var help: String?
    }

    /// The first one counts.
    private static let known = [
        Meaning(
            words: ["configuration source", "failed to fetch config", "unable to process configuration", "slurm.conf: no such", "could not open/read/parse slurm"],
            fault: .notSetUp, says: "Slurm's commands find no configuration here",
            help: "run Penstock on a login node of the cluster, or name the cluster's slurm.conf in SLURM_CONF"),
        Meaning(
            words: ["incompatible versions", "incompatible version"], fault: .notSetUp,
            says: "Slurm's commands here are of another version than the cluster", help: "use the commands that the cluster's administrator provides"),
        Meaning(
            words: ["munge encode failed", "munge decode failed", "protocol authentication error", "authentication credential", "auth_g_"], fault: .unreachable,
            says: "Slurm does not know who asks: munge does not work on this machine", help: "ask the cluster's administrator to look at munged here"),
        Meaning(
            words: ["maxsubmit", "maxjobs", "submit limit"], fault: .unreachable, says: "you have as many jobs queued as the cluster lets you have",
            help: "wait until some have ended, or run with a smaller --max-workers"),
        Meaning(
            words: ["temporarily unable to accept job", "resource temporarily unavailable", "maximum number of jobs"], fault: .unreachable,
            says: "the cluster takes no more jobs now", help: "wait until some have ended, or run with a smaller --max-workers"),
        Meaning(
            words: [
                "unable to contact slurm controller", "socket timed out", "connection refused", "connection timed out", "connect failure",
                "zero bytes were transmitted", "transport endpoint", "communication connection failure", "communications connection failure",
                "communication shutdown failure", "message receive failure", "message send failure", "receive failure", "send failure", "standby mode",
                "no route to host", "network is unreachable", "unexpected message received", "header lengths", "connection reset", "broken pipe", "missing socket",
                "unable to connect to database", "problem talking to the database", "database connection", "failed to open persistent connection",
                "temporary failure in name resolution", "in the process of shutting down",
            ],
            fault: .unreachable, isSilence: true, says: "Slurm's controller does not answer", help: "look whether the cluster answers: scontrol ping"),
        Meaning(
            words: ["access/permission denied", "group not permitted", "invalid user id", "not authorized", "operation not permitted"],
            fault: .forbidden, help: "ask the cluster's administrator for the right to run jobs there"),
        Meaning(
            words: ["invalid partition"], fault: .refused, help: "see the partitions with sinfo, and name one: @slurm(partition='...')"),
        Meaning(
            words: ["invalid account"], fault: .refused, help: "name an account that may use the partition: @slurm(account='...')"),
        Meaning(words: ["invalid qos"], fault: .refused, help: "name a qos that your account has: @slurm(qos='...')"),
        Meaning(
            words: ["time limit"], fault: .refused, help: "ask for less time, with @timeout or @slurm(time=...), or for another partition (sinfo shows their limits)"),
        Meaning(
            words: ["node configuration is not available", "memory specification", "cpu count", "more processors requested", "node count specification"],
            fault: .refused,
            help: "no node of the partition has that many cpus, that much memory or disk, or such gpus: see sinfo -o '%n %c %m %d %G', and ask for less"),
        Meaning(words: ["generic resource", "gres"], fault: .refused, help: "see what the nodes have with sinfo -o '%n %G'"),
        Meaning(words: ["feature"], fault: .refused, help: "see the nodes' features with sinfo -o '%n %f', and change constraint"),
        Meaning(words: ["node name", "nodelist"], fault: .refused, help: "see the nodes with sinfo -N"),
        Meaning(words: ["array specification"], fault: .refused, help: "the cluster takes smaller job arrays: see scontrol show config | grep -i array"),
        Meaning(words: ["accounting/qos policy"], fault: .refused, help: "ask for less, or for another qos or account: sacctmgr show qos tells the limits"),
        Meaning(words: ["unrecognized option", "unrecognised option"], fault: .refused, help: "look at extra of @slurm: this version of sbatch has no such option"),
    ]
}
