import Clusters

/// What a state of Slurm's means here (squeue, JOB STATE CODES).
struct SlurmState {
    let state: JobState

    /// `nil` for what cannot be a state. A state of a later version of Slurm is `.unknown`.
    ///
    /// - Parameters:
    ///   - text: as `RUNNING`, `CANCELLED by 1000`.
    ///   - nodes: `n1`, `n[1-2]`; none in other words, as `None assigned`.
    ///   - reason: why it waits or failed; `None` where there is none.
    init?(_ text: Substring, exit: SlurmExit, nodes: Substring, reason: Substring) {
        let word = text.prefix { $0 != " " && $0 != "+" }
        guard !word.isEmpty, word.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == UInt8(ascii: "_") }) else { return nil }
        let node: String? = nodes.isEmpty || nodes.contains(" ") || nodes.hasPrefix("(") ? nil : String(nodes)
        let why: String? = ["", "None", "(null)"].contains(reason) ? nil : String(reason.prefix(200))
        func ended(_ cause: JobEnding.Cause, _ message: String? = nil) -> JobState { .ended(JobEnding(cause, node: node, message: message ?? why)) }
        state =
            switch word {
            case "PENDING": .pending(reason: why.map(Self.explained))
            case "CONFIGURING": .pending(reason: "its nodes are being made ready")
            case "SUSPENDED": .pending(reason: "it was suspended")
            case "REQUEUED", "REQUEUE_FED", "EXPEDITING": .pending(reason: "it is queued again")
            case "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD": .pending(reason: "it is queued again and held: scontrol release lets it run")
            // What is completing still has its nodes, and its exit code may yet change.
            case "RUNNING", "COMPLETING", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING": .running(node: node)
            case "COMPLETED": .ended(JobEnding(.completed, node: node))
            case "FAILED": Self.failed(exit, node, why)
            case "TIMEOUT": ended(.timeLimit)
            case "DEADLINE": ended(.timeLimit, "its deadline has passed")
            case "OUT_OF_MEMORY": ended(.outOfMemory)
            case "NODE_FAIL": ended(.nodeFailed)
            case "BOOT_FAIL", "RECONFIG_FAIL": ended(.nodeFailed, "its node did not start")
            case "PREEMPTED": ended(.preempted)
            case "CANCELLED": ended(.cancelled, text.count > word.count ? text.lowercased() : nil)
            case "LAUNCH_FAILED": ended(.notStarted)
            default: .unknown
            }
    }

    private static func failed(_ exit: SlurmExit, _ node: String?, _ reason: String?) -> JobState {
        let why = reason == "NonZeroExitCode" ? nil : reason
        // What Slurm itself gives a job whose output it cannot open or whose script it cannot start.
        if exit.signal == 53 {
            return .ended(JobEnding(.notStarted, node: node, message: "Slurm could not open the file for its output, or not start its script"))
        }
        if exit.signal > 0 { return .ended(JobEnding(.signalled(exit.signal), node: node, message: why)) }
        if exit.code > 0 { return .ended(JobEnding(.exited(code: exit.code), node: node, message: why)) }
        return .ended(JobEnding(.notStarted, node: node, message: why))
    }

    /// With what it means, where a job will not start by itself.
    private static func explained(_ reason: String) -> String {
        guard let meaning = stuck.first(where: { reason.hasPrefix($0.reason) })?.meaning else { return reason }
        return "\(reason): \(meaning)"
    }

    private static let stuck: [(reason: String, meaning: String)] = [
        ("BadConstraints", "no node fits what it asks for"),
        ("DependencyNeverSatisfied", "what it waits for will not happen"),
        ("JobHeldAdmin", "an administrator has to release it"),
        ("JobHeldUser", "it waits for scontrol release"),
        ("launch failed requeued held", "its node could not start it; it is released three times, then it waits for scontrol release"),
        ("JobLaunchFailure", "its node could not start it"),
        ("InvalidAccount", "its account is not known to the cluster"),
        ("InvalidQOS", "its qos is not known to the cluster"),
        ("PartitionConfig", "it asks for more than its partition allows"),
        ("PartitionNodeLimit", "it asks for more than its partition allows"),
        ("PartitionTimeLimit", "it asks for more time than its partition allows"),
        ("PartitionDown", "its partition starts no jobs now"),
        ("PartitionInactive", "its partition starts no jobs now"),
        ("ReqNodeNotAvail", "the nodes that it names are down, drained or reserved"),
        ("AssocGrp", "your account has reached a limit"),
        ("AssocMax", "your account has reached a limit"),
        ("QOSGrp", "its qos has reached a limit"),
        ("QOSMax", "its qos has reached a limit"),
        ("QOSMin", "it asks for less than its qos wants"),
    ]
}
