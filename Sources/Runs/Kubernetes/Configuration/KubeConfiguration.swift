import Archives
import Clusters
import FlowModel
import SystemPackage
import Yams

/// Finds the cluster as kubectl does: the files of `KUBECONFIG`, merged; inside a pod its service account; else `~/.kube/config`.
struct KubeConfiguration {
    private let environment: [String: String]
    private let accountFolder: String

    /// - Parameter accountFolder: where a pod has its service account.
    init(environment: [String: String], accountFolder: String) {
        self.environment = environment
        self.accountFolder = accountFolder
    }

    /// - Throws: `.notSetUp`
    func access() throws(ClusterError) -> ClusterAccess {
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            return try access(list.split(separator: ":").map(String.init))
        }
        if let access = try PodAccount(environment: environment, folder: accountFolder).access() { return access }
        guard let home = environment["HOME"], !home.isEmpty else { throw missing([]) }
        return try access(["\(home)/.kube/config"])
    }

    private func missing(_ paths: [String]) -> ClusterError {
        let place = paths.isEmpty ? "" : ": there is no \(paths.joined(separator: ", "))"
        return ClusterError(
            "kubernetes", .notSetUp, "no Kubernetes cluster is configured\(place)",
            help: "name a kubeconfig file in KUBECONFIG, or write ~/.kube/config")
    }

    /// The first file that says something about a name is the one that counts for it.
    private func access(_ paths: [String]) throws(ClusterError) -> ClusterAccess {
        var documents: [KubeDocument] = []
        for path in paths {
            guard let text = try SmallFile.text(path) else { continue }
            documents.append(try KubeDocument(parsing: text, path: path))
        }
        guard !documents.isEmpty else { throw missing(paths) }
        return try access(documents, paths)
    }

    private func access(_ documents: [KubeDocument], _ paths: [String]) throws(ClusterError) -> ClusterAccess {
        var current = environment["PENSTOCK_KUBERNETES_CONTEXT"].flatMap { $0.isEmpty ? nil : $0 }
        for document in documents where current == nil {
            if let root = document.root { current = try document.text(root, "current-context") }
        }
        let files = paths.joined(separator: ", ")
        guard let current else {
            throw ClusterError(
                "kubernetes", .notSetUp, "\(files) names no current context",
                help: "type kubectl config use-context NAME, or set PENSTOCK_KUBERNETES_CONTEXT")
        }
        guard let (file, context) = try first("contexts", "context", current, documents) else {
            throw ClusterError(
                "kubernetes", .notSetUp, "there is no context '\(current)' in \(files)",
                help: "type kubectl config get-contexts for their names")
        }
        guard let clusterName = try file.text(context, "cluster"),
            let (clusterFile, cluster) = try first("clusters", "cluster", clusterName, documents)
        else {
            throw ClusterError(
                "kubernetes", .notSetUp, "the context '\(current)' of \(files) has no cluster that is known there",
                help: "add the cluster, or use another context")
        }
        var access = try KubeEntries(clusterFile).access(cluster, clusterName, origin: "the context '\(current)' of \(file.path)")
        if let namespace = try file.text(context, "namespace") { access.namespace = namespace }
        if let userName = try file.text(context, "user") {
            guard let (userFile, user) = try first("users", "user", userName, documents) else {
                throw ClusterError(
                    "kubernetes", .notSetUp, "the context '\(current)' is that of a user '\(userName)', who is not in \(files)",
                    help: "add the user, or use another context")
            }
            access.user = try KubeEntries(userFile).user(user, userName)
        }
        return access
    }

    private func first(
        _ list: String, _ key: String, _ name: String, _ documents: [KubeDocument]
    ) throws(ClusterError) -> (KubeDocument, Node.Mapping)? {
        for document in documents {
            if let entry = try document.entries(list, key)[name] { return (document, entry) }
        }
        return nil
    }
}

/// Reads one cluster or one user of a file. Relative paths are those from the file's folder.
struct KubeEntries {
    private let file: KubeDocument

    init(_ file: KubeDocument) { self.file = file }

    func access(_ cluster: Node.Mapping, _ name: String, origin: String) throws(ClusterError) -> ClusterAccess {
        guard let server = try file.text(cluster, "server"), server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw file.wrong(nil, "the cluster '\(name)' has no server that begins with https://")
        }
        var access = ClusterAccess(server: server.hasSuffix("/") ? String(server.dropLast()) : server, origin: origin)
        access.authority = try material(cluster, "certificate-authority")
        access.skipsVerification = try file.truth(cluster, "insecure-skip-tls-verify")
        access.serverName = try file.text(cluster, "tls-server-name")
        access.proxy = try file.text(cluster, "proxy-url")
        return access
    }

    func user(_ entry: Node.Mapping, _ name: String) throws(ClusterError) -> ClusterUser {
        if let provider = entry["auth-provider"], provider.null == nil {
            let kind = provider.mapping?["name"]?.scalar?.string ?? "without a name"
            throw ClusterError(
                "kubernetes", .notSetUp, "the user '\(name)' of \(file.path) has an auth-provider (\(kind)), which Kubernetes no longer has",
                help: "use an exec plug-in: your provider's command writes one into the file")
        }
        var user = ClusterUser()
        user.token = try file.text(entry, "token")
        user.tokenFile = try file.text(entry, "tokenFile").map(absolute)
        user.name = try file.text(entry, "username")
        user.password = try file.text(entry, "password")
        user.certificate = try material(entry, "client-certificate")
        user.key = try material(entry, "client-key")
        user.impersonated = try file.text(entry, "as")
        user.impersonatedGroups = try file.texts(entry, "as-groups")
        guard (user.certificate == nil) == (user.key == nil) else {
            throw file.wrong(nil, "the user '\(name)' has a client certificate without its key, or a key without its certificate")
        }
        if let exec = entry["exec"], exec.null == nil {
            guard let map = exec.mapping else { throw file.wrong(exec, "'exec' is to have names with values") }
            user.plugin = try plugin(map, name)
        }
        return user
    }

    private func plugin(_ map: Node.Mapping, _ user: String) throws(ClusterError) -> ExecPlugin {
        let version = try file.text(map, "apiVersion") ?? ""
        guard ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"].contains(version) else {
            throw file.wrong(map["apiVersion"], "the exec plug-in of '\(user)' has the apiVersion '\(version)': v1 and v1beta1 are known")
        }
        guard let command = try file.text(map, "command") else {
            throw file.wrong(nil, "the exec plug-in of '\(user)' has no command")
        }
        var plugin = ExecPlugin(version: version, command: command.contains("/") ? absolute(command) : command)
        plugin.arguments = try file.texts(map, "args")
        plugin.wantsClusterInfo = try file.truth(map, "provideClusterInfo")
        plugin.hint = try file.text(map, "installHint")
        if let mode = try file.text(map, "interactiveMode") {
            guard let interaction = ExecPlugin.Interaction(rawValue: mode) else {
                throw file.wrong(map["interactiveMode"], "interactiveMode is '\(mode)': Never, IfAvailable and Always are known")
            }
            plugin.interaction = interaction
        }
        if let variables = map["env"], variables.null == nil {
            guard let items = variables.sequence else { throw file.wrong(variables, "'env' is to be a list") }
            for item in items {
                guard let entry = item.mapping, let name = try file.text(entry, "name") else {
                    throw file.wrong(item, "a variable of 'env' is to have a name")
                }
                plugin.environment[name] = try file.text(entry, "value") ?? ""
            }
        }
        return plugin
    }

    /// `KEY-data`, else the file of `KEY`.
    private func material(_ map: Node.Mapping, _ key: String) throws(ClusterError) -> ClusterAccess.Material? {
        if let text = try file.text(map, "\(key)-data") {
            guard let bytes = Base64.decode(text) else { throw file.wrong(map["\(key)-data"], "'\(key)-data' is not base64") }
            return .bytes(bytes)
        }
        return try file.text(map, key).map { .file(absolute($0)) }
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FilePath(file.path).removingLastComponent().appending(path).lexicallyNormalized().string
    }
}
