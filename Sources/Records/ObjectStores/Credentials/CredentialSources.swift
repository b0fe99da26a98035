import Archives
import FoundationEssentials
import NIOCore
import PackageSources
import SystemPackage

/// Gets keys from where they are.
struct CredentialSources: Sendable {
    let environment: [String: String]
    let files: ProfileFiles
    let settings: S3Settings
    /// To services far away: through proxies.
    let connections: HTTPConnections
    /// To services of this machine, which answer at once or not at all.
    let neighbours: HTTPConnections
    let options: HTTPOptions

    init(environment: [String: String], settings: S3Settings, connections: HTTPConnections, options: HTTPOptions) {
        self.environment = environment
        self.settings = settings
        self.connections = connections
        self.options = options
        files = ProfileFiles(environment: environment)
        var near = options
        near.connectTimeout = .seconds(2)
        var configuration = IndexConfiguration(indexes: [])
        configuration.timeout = .seconds(1)
        neighbours = HTTPConnections(configuration, near)
    }

    /// Where keys come from now.
    ///
    /// - Throws: `.none` if nothing names a place, and what files throw.
    func find() throws(CredentialError) -> CredentialOrigin {
        guard let origin = try CredentialOrigin.find(environment, try files.read()) else { throw .none }
        return origin
    }

    /// Fetches keys, a few times if need be.
    func fetch(_ origin: CredentialOrigin) async throws(CredentialError) -> AWSCredentials {
        switch origin {
        case .variables(let keys): return keys
        case .profile(let name): return try await BlockingWork.run { () throws(CredentialError) in try keys(ofProfile: name) }
        case .command(let command, let profile):
            return try await CredentialCommand(command: command, profile: profile, environment: environment).run()
        case .webIdentity(let role, let file, let session):
            return try await tokenService.keys(origin.name) { () async throws(CredentialError) in
                let text = try await BlockingWork.run { () throws(CredentialError) in try SmallFile.text(file) }
                guard let token = text?.trimmed, !token.isEmpty else {
                    throw .file(path: file.string, problem: "there is no token in it")
                }
                return .webIdentity(role: role, session: session, token: String(token))
            }
        case .role(let role, let externalID, let session, let source):
            let keys = try await fetch(source)
            return try await tokenService.keys(origin.name) { () async throws(CredentialError) in
                .role(role, externalID: externalID, session: session, keys: keys)
            }
        case .container(let url, let token):
            return try await ContainerService(connections: neighbours, options: options, name: origin.name).keys(url, token)
        case .instance(let endpoint):
            do throws(CredentialError) {
                return try await InstanceService(connections: neighbours, options: options, name: origin.name).keys(endpoint)
            } catch {
                // No machine of a cloud: then nothing was configured at all.
                if case .source(_, InstanceService.isNotThere) = error { throw .none }
                throw error
            }
        }
    }

    private var tokenService: TokenService {
        TokenService(settings: settings, connections: connections, options: options)
    }

    private func keys(ofProfile name: String) throws(CredentialError) -> AWSCredentials {
        let profiles = try files.read()
        guard let access = profiles[name, "aws_access_key_id"], let secret = profiles[name, "aws_secret_access_key"] else {
            throw .settings(origin: "the profile '\(name)'", problem: "aws_secret_access_key or aws_access_key_id is missing")
        }
        return AWSCredentials(
            accessKey: access, secretKey: secret,
            sessionToken: profiles[name, "aws_session_token"] ?? profiles[name, "aws_security_token"])
    }
}

/// Keys as services and commands of AWS print them in JSON.
struct PrintedCredentials: Decodable {
    var accessKeyID: String
    var secretAccessKey: String
    var token: String?
    var expiration: String?

    private enum Key: String, CodingKey {
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        accessKeyID = try values.decode(String.self, forKey: .accessKeyID)
        secretAccessKey = try values.decode(String.self, forKey: .secretAccessKey)
        token = try values.decodeIfPresent(String.self, forKey: .token) ?? values.decodeIfPresent(String.self, forKey: .sessionToken)
        expiration = try values.decodeIfPresent(String.self, forKey: .expiration)
    }

    /// `nil` if the bytes are something else, or say when the keys end in a way that cannot be read.
    static func read(_ bytes: [UInt8]) -> AWSCredentials? {
        guard let printed = try? JSONDecoder().decode(PrintedCredentials.self, from: Data(bytes)) else { return nil }
        var expiry: Int64?
        if let text = printed.expiration, !text.isEmpty {
            guard let time = SigningTime(iso: text) else { return nil }
            expiry = time.seconds
        }
        return AWSCredentials(
            accessKey: printed.accessKeyID, secretKey: printed.secretAccessKey, sessionToken: printed.token, expiry: expiry)
    }
}
