import Clusters

/// How one pod fares, in the words of `JobState`.
struct PodFacts: Hashable, Sendable {
    enum Standing: Hashable, Sendable {
        case waiting(reason: String?)
        /// It waits for what will not come by itself.
        case stuck(message: String, isFinal: Bool)
        case running(node: String?)
        case ended(JobEnding)
    }

    var standing: Standing
    /// Whether it is being deleted.
    var isLeaving: Bool
    var created: String

    private static let stuckImages: Set<String> = [
        "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "RegistryUnavailable", "ImageInspectError",
    ]
    private static let stuckContainers: Set<String> = [
        "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError", "PostStartHookError",
    ]
    private static let finalReasons: Set<String> = ["InvalidImageName", "ErrImageNeverPull"]

    init(_ pod: PodObject) {
        isLeaving = pod.metadata?.deletionTimestamp != nil
        created = pod.metadata?.creationTimestamp ?? ""
        standing =
            switch pod.status?.phase {
            case "Succeeded": .ended(JobEnding(.completed, node: pod.spec?.nodeName))
            case "Failed": .ended(PodEnding(pod).ending)
            case "Running", "Unknown": Self.running(pod)
            default: Self.pending(pod)
            }
    }

    private static func running(_ pod: PodObject) -> Standing {
        let node = pod.spec?.nodeName
        // A node that is lost says nothing any more, also not that the pod has ended.
        let lost = pod.status?.conditions?.first { $0.type == "DisruptionTarget" && $0.holds && $0.reason == "DeletionByTaintManager" }
        if pod.metadata?.deletionTimestamp != nil, let lost { return .ended(JobEnding(.nodeFailed, node: node, message: lost.message)) }
        if pod.status?.reason == "NodeLost" { return .ended(JobEnding(.nodeFailed, node: node, message: pod.status?.message)) }
        return .running(node: node)
    }

    private static func pending(_ pod: PodObject) -> Standing {
        if let waiting = pod.status?.containerStatuses?.first?.state?.waiting, let reason = waiting.reason {
            let words = waiting.message.map { ": \($0)" } ?? ""
            if stuckImages.contains(reason) {
                let image = pod.spec?.containers?.first?.image ?? "without a name"
                return .stuck(message: "the image '\(image)' cannot be pulled (\(reason)\(words))", isFinal: finalReasons.contains(reason))
            }
            if stuckContainers.contains(reason) {
                return .stuck(message: "the container cannot be made (\(reason)\(words))", isFinal: false)
            }
            return .waiting(reason: reason)
        }
        let unscheduled = pod.status?.conditions?.first { $0.type == "PodScheduled" && $0.status == "False" }
        guard let unscheduled, let reason = unscheduled.reason else { return .waiting(reason: pod.status?.reason) }
        return .waiting(reason: unscheduled.message.map { "\(reason): \($0)" } ?? reason)
    }
}

/// Why a pod has failed.
struct PodEnding {
    private let pod: PodObject

    init(_ pod: PodObject) { self.pod = pod }

    var ending: JobEnding {
        let terminated = pod.status?.containerStatuses?.first?.state?.terminated
        let (cause, words) = disruption ?? container(terminated)
        return JobEnding(cause, node: pod.spec?.nodeName, message: Self.told(words))
    }

    /// What others did to the pod; `nil` where its own container ended.
    private var disruption: (JobEnding.Cause, String?)? {
        let message = pod.status?.message
        switch pod.status?.reason {
        case "Evicted": return (.evicted, message)
        case "DeadlineExceeded": return (.timeLimit, message)
        case "Preempting", "Preempted": return (.preempted, message)
        case "NodeLost", "NodeShutdown", "Shutdown", "Terminated": return (.nodeFailed, message)
        // Nodes that refuse what the scheduler gave them: OutOfcpu, NodeAffinity, UnexpectedAdmissionError.
        case let reason? where reason.hasPrefix("OutOf") || ["NodeAffinity", "UnexpectedAdmissionError"].contains(reason):
            return (.nodeFailed, message.map { "\(reason): \($0)" } ?? reason)
        default: break
        }
        guard let target = pod.status?.conditions?.first(where: { $0.type == "DisruptionTarget" && $0.holds }) else { return nil }
        switch target.reason {
        case "PreemptionByScheduler": return (.preempted, target.message)
        case "EvictionByEvictionAPI": return (.evicted, target.message)
        default: return (.nodeFailed, target.message ?? target.reason)
        }
    }

    private func container(_ terminated: PodObject.Terminated?) -> (JobEnding.Cause, String?) {
        guard let terminated else {
            // Deleted before its container was made, or a node that no longer knows of it.
            return (pod.metadata?.deletionTimestamp == nil ? .nodeFailed : .cancelled, pod.status?.message ?? pod.status?.reason)
        }
        let code = terminated.exitCode ?? 0
        switch terminated.reason {
        case "OOMKilled": return (.outOfMemory, terminated.message)
        case "ContainerStatusUnknown": return (.nodeFailed, terminated.message)
        case "StartError", "ContainerCannotRun", "ContainerCannotStart": return (.notStarted, terminated.message)
        default: break
        }
        if pod.metadata?.deletionTimestamp != nil { return (.cancelled, terminated.message) }
        if let signal = terminated.signal, signal > 0 { return (.signalled(signal), terminated.message) }
        if (129...192).contains(code) { return (.signalled(code - 128), terminated.message) }
        return code == 0 ? (.completed, nil) : (.exited(code: code), terminated.message)
    }

    /// Not longer than what a person reads.
    private static func told(_ words: String?) -> String? {
        words.map { String($0.trimmedLines.suffix(2000)) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
