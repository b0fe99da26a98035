import Clusters

/// The service account of the pod that the engine runs in.
struct PodAccount {
    private let environment: [String: String]
    private let folder: String

    init(environment: [String: String], folder: String) {
        self.environment = environment
        self.folder = folder
    }

    /// Nothing outside of a cluster.
    func access() throws(ClusterError) -> ClusterAccess? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty, try SmallFile.text("\(folder)/token") != nil else {
            return nil
        }
        let port = environment["KUBERNETES_SERVICE_PORT_HTTPS"] ?? environment["KUBERNETES_SERVICE_PORT"] ?? "443"
        var access = ClusterAccess(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)", origin: "the service account of this pod")
        access.authority = .file("\(folder)/ca.crt")
        access.user.tokenFile = "\(folder)/token"
        if let namespace = try SmallFile.text("\(folder)/namespace")?.trimmedLines, !namespace.isEmpty { access.namespace = namespace }
        return access
    }
}
