import Archives
import Clusters
import FoundationEssentials

/// What goes along with requests so that the cluster knows who asks.
struct ClusterLogin: Sendable {
    var headers: [(String, String)] = []
    /// PEM
    var certificate: [UInt8]?
    /// PEM
    var key: [UInt8]?
    /// When it no longer counts; nothing where it has no end.
    var expiry: Date?
    /// Whether asking again may bring another one.
    var isReplaceable = false
    /// Counts the logins of one keeper.
    var serial = 0
}

/// Keeps the login of a cluster for as long as it counts. Callers at a time share one run of a plug-in.
actor LoginKeeper {
    private let access: ClusterAccess
    private let environment: [String: String]
    private let now: @Sendable () -> Date
    private var login: ClusterLogin?
    private var flight: Task<Result<ClusterLogin, ClusterError>, Never>?
    private var count = 0

    init(_ access: ClusterAccess, environment: [String: String], now: @escaping @Sendable () -> Date = { Date() }) {
        self.access = access
        self.environment = environment
        self.now = now
    }

    /// - Parameter refused: the login that the cluster did not take; another one is looked for then.
    func current(after refused: ClusterLogin? = nil) async throws(ClusterError) -> ClusterLogin {
        if let login, isGood(login), refused?.serial != login.serial { return login }
        let running = flight ?? Task { [access, environment] in await Self.fresh(access, environment) }
        flight = running
        let result = await running.value
        if flight == running {
            flight = nil
            if case .success(var fresh) = result {
                count += 1
                fresh.serial = count
                login = fresh
            }
        }
        let fresh = try result.get()
        return login ?? fresh
    }

    private func isGood(_ login: ClusterLogin) -> Bool {
        guard let expiry = login.expiry else { return true }
        return expiry.timeIntervalSince(now()) > 20
    }

    private static func fresh(_ access: ClusterAccess, _ environment: [String: String]) async -> Result<ClusterLogin, ClusterError> {
        do throws(ClusterError) {
            let user = access.user
            var login: ClusterLogin
            if let plugin = user.plugin, user.token == nil, user.tokenFile == nil, user.name == nil {
                login = try await ExecCredential(plugin: plugin, access: access, environment: environment).login()
            } else {
                login = try await BlockingWork.run { () throws(ClusterError) in try written(user) }
            }
            if let name = user.impersonated {
                login.headers.append(("Impersonate-User", name))
                login.headers += user.impersonatedGroups.map { ("Impersonate-Group", $0) }
            }
            return .success(login)
        } catch {
            return .failure(error)
        }
    }

    /// What stands in the kubeconfig file, or in files that it names.
    private static func written(_ user: ClusterUser) throws(ClusterError) -> ClusterLogin {
        var login = ClusterLogin()
        if let path = user.tokenFile {
            guard let token = try SmallFile.text(path)?.trimmedLines, !token.isEmpty else {
                throw ClusterError("kubernetes", .notSetUp, "there is no token in \(path)", help: "log in again, or correct the kubeconfig file")
            }
            login.headers.append(("Authorization", "Bearer \(token)"))
            // Such tokens are replaced while the engine runs.
            login.expiry = Date().addingTimeInterval(80)
            login.isReplaceable = true
        } else if let token = user.token {
            login.headers.append(("Authorization", "Bearer \(token)"))
        } else if let name = user.name {
            login.headers.append(("Authorization", "Basic " + Base64.encode("\(name):\(user.password ?? "")")))
        }
        if let certificate = user.certificate, let key = user.key {
            login.certificate = try certificate.bytes()
            login.key = try key.bytes()
        }
        return login
    }
}

extension ClusterAccess.Material {
    /// Blocks.
    func bytes() throws(ClusterError) -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .file(let path):
            guard let text = try SmallFile.text(path) else {
                throw ClusterError(
                    "kubernetes", .notSetUp, "there is no file \(path), which the kubeconfig file names",
                    help: "log in again, or correct the kubeconfig file")
            }
            return Array(text.utf8)
        }
    }
}
