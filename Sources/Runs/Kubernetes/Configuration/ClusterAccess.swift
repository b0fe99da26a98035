import FlowModel

/// Where a cluster's API is, and as whom it is asked.
struct ClusterAccess: Sendable, Hashable {
    /// Bytes that stand in a kubeconfig file, or in a file of their own.
    enum Material: Sendable, Hashable {
        case bytes([UInt8])
        case file(String)
    }

    /// `https://host:port/path`, without a slash at its end.
    var server: String
    var authority: Material?
    var skipsVerification = false
    /// Who the certificate has to be for, where that is not the server's host.
    var serverName: String?
    /// `http://host:port`
    var proxy: String?
    var user = ClusterUser()
    /// Where objects are made that name no namespace.
    var namespace = "default"
    /// Where all this comes from, for messages: `the context 'work' of /home/ada/.kube/config`.
    var origin: String

    /// What the person is told of it: never credentials.
    var summary: String { "\(server), from \(origin)" }
}

/// Who asks.
struct ClusterUser: Sendable, Hashable {
    var token: String?
    /// Read again and again: tokens of service accounts are replaced every hour.
    var tokenFile: String?
    var name: String?
    var password: String?
    var certificate: ClusterAccess.Material?
    var key: ClusterAccess.Material?
    var plugin: ExecPlugin?
    /// As whom, and in which groups, requests are made in another's name.
    var impersonated: String?
    var impersonatedGroups: [String] = []
}

/// A command that prints credentials.
struct ExecPlugin: Sendable, Hashable {
    enum Interaction: String, Sendable {
        case never = "Never"
        case ifAvailable = "IfAvailable"
        case always = "Always"
    }

    /// `client.authentication.k8s.io/v1` or `…/v1beta1`.
    var version: String
    var command: String
    var arguments: [String] = []
    var environment: [String: String] = [:]
    var wantsClusterInfo = false
    var interaction = Interaction.ifAvailable
    /// How to install the command.
    var hint: String?
}
