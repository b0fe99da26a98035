import Clusters
import FlowModel
import FoundationEssentials

/// What answers that are failures mean.
enum APIFailure {
    /// What the API says of a failure (`Status`).
    struct Status: Decodable {
        var message: String?
        var reason: String?
        var code: Int?
    }

    static func status(in body: [UInt8]) -> Status? { try? JSONDecoder().decode(Status.self, from: Data(body)) }

    static func error(_ answer: APIAnswer, _ call: APICall, _ access: ClusterAccess) -> ClusterError {
        let status = status(in: answer.body)
        let words = status?.message.map { [String($0.prefix(2000))] } ?? []
        func error(_ fault: ClusterError.Fault, _ message: String, _ help: String? = nil) -> ClusterError {
            ClusterError("kubernetes", fault, message, details: words, help: help)
        }
        switch answer.status {
        case 401:
            return error(
                .forbidden, "the cluster at \(access.server) does not take the credentials of \(access.origin)", "log in to the cluster again")
        case 403 where status?.message?.contains("exceeded quota") == true:
            return error(
                .refused, "the namespace '\(call.namespace)' has no room: \(call.summary)", "wait for other jobs, ask for less, or for a larger quota")
        case 403:
            return error(
                .forbidden, "the cluster at \(access.server) does not allow you to \(call.summary)",
                "ask an administrator for the role that docs/kubernetes.md shows, or use another namespace")
        case 400, 404, 405, 409, 413, 415, 422: return error(.refused, "the cluster refused to \(call.summary) (status \(answer.status))")
        case 429, 500...599: return error(.unreachable, "the cluster at \(access.server) could not \(call.summary) now (status \(answer.status))")
        default:
            return error(
                .garbled, "the cluster at \(access.server) answered with status \(answer.status) when it was to \(call.summary)",
                "see whether the server of the kubeconfig file is the cluster's API")
        }
    }

    static func garbled(_ call: APICall, _ access: ClusterAccess) -> ClusterError {
        ClusterError(
            "kubernetes", .garbled, "the cluster at \(access.server) answered something that makes no sense when it was to \(call.summary)",
            help: "see whether the server of the kubeconfig file is the cluster's API")
    }
}
