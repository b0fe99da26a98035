package import SystemPackage

/// Where keys come from; what is lent from one place may need keys of another.
package indirect enum CredentialOrigin: Sendable, Hashable {
    /// `AWS_ACCESS_KEY_ID` and its companions.
    case variables(AWSCredentials)
    /// Keys that stand in the files; they are read anew when the service says that they have expired.
    case profile(String)
    /// A command that prints them (`credential_process`).
    case command(String, profile: String)
    /// A role that is lent to whoever has the token in a file (OpenID Connect).
    case webIdentity(role: String, tokenFile: FilePath, session: String)
    /// A role that is lent to whoever has keys of the source.
    case role(String, externalID: String?, session: String, source: CredentialOrigin)
    /// The service beside a container.
    case container(url: String, token: ContainerToken)
    /// The service beside a virtual machine.
    case instance(endpoint: String)

    package enum ContainerToken: Sendable, Hashable {
        case none
        case text(String)
        case file(FilePath)
    }

    /// For messages.
    var name: String {
        switch self {
        case .variables: "the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        case .profile(let name): "the profile '\(name)'"
        case .command(_, let profile): "the command of the profile '\(profile)'"
        case .webIdentity(let role, _, _): "the role '\(role)' with its web identity"
        case .role(let role, _, _, _): "the role '\(role)'"
        case .container: "the container's credential service"
        case .instance: "the machine's metadata service"
        }
    }
}

extension CredentialOrigin {
    /// The first place that is configured: variables; what the profile says (`AWS_PROFILE`, else `default`); a web identity
    /// in variables; the container's service; the machine's service, unless `AWS_EC2_METADATA_DISABLED`.
    ///
    /// `PENSTOCK_S3_ROLE` names a role to take with what is found.
    ///
    /// - Returns: `nil` if there is none.
    package static func find(_ environment: [String: String], _ profiles: Profiles) throws(CredentialError) -> CredentialOrigin? {
        let variables = SetVariables(environment)
        let found = try find(variables, profiles)
        guard let origin = found, let role = variables["PENSTOCK_S3_ROLE"] else { return found }
        return .role(role, externalID: nil, session: variables["AWS_ROLE_SESSION_NAME"] ?? "penstock", source: origin)
    }

    private static func find(_ variables: SetVariables, _ profiles: Profiles) throws(CredentialError) -> CredentialOrigin? {
        if let keys = try keys(variables) { return .variables(keys) }
        let named = variables["AWS_PROFILE"] ?? variables["AWS_DEFAULT_PROFILE"]
        if let named, !profiles.contains(named) { throw .noProfile(named) }
        if let named, let origin = try origin(ofProfile: named, profiles, variables, seen: []) { return origin }
        if let role = variables["AWS_ROLE_ARN"], let file = variables["AWS_WEB_IDENTITY_TOKEN_FILE"] {
            let session = variables["AWS_ROLE_SESSION_NAME"] ?? "penstock"
            return .webIdentity(role: role, tokenFile: FilePath(file), session: session)
        }
        if named == nil, let origin = try origin(ofProfile: "default", profiles, variables, seen: []) { return origin }
        return services(variables)
    }

    private static func keys(_ variables: SetVariables) throws(CredentialError) -> AWSCredentials? {
        switch (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) {
        case (nil, nil): return nil
        case (let access?, let secret?):
            return AWSCredentials(
                accessKey: access, secretKey: secret,
                sessionToken: variables["AWS_SESSION_TOKEN"] ?? variables["AWS_SECURITY_TOKEN"])
        case (_?, nil): throw .settings(origin: "AWS_ACCESS_KEY_ID", problem: "AWS_SECRET_ACCESS_KEY is not set")
        case (nil, _?): throw .settings(origin: "AWS_SECRET_ACCESS_KEY", problem: "AWS_ACCESS_KEY_ID is not set")
        }
    }

    private static func services(_ variables: SetVariables) -> CredentialOrigin? {
        let token: ContainerToken =
            variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"].map { .file(FilePath($0)) }
            ?? variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map { .text($0) } ?? .none
        if let path = variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            return .container(url: "http://169.254.170.2\(path.hasPrefix("/") ? "" : "/")\(path)", token: token)
        }
        if let url = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] { return .container(url: url, token: token) }
        if variables["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
        let isIPv6 = variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        let usual = isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        return .instance(endpoint: variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? usual)
    }

    private static func origin(
        ofProfile name: String, _ profiles: Profiles, _ variables: SetVariables, seen: [String]
    ) throws(CredentialError) -> CredentialOrigin? {
        // A profile may name itself as the source of its role: then its own keys are meant.
        let isOwnSource = seen.last == name
        if seen.contains(name), !isOwnSource {
            throw .settings(origin: "the profile '\(name)'", problem: "its source_profile leads back to itself")
        }
        if let role = profiles[name, "role_arn"], !isOwnSource {
            return try origin(ofRole: role, name, profiles, variables, seen: seen + [name])
        }
        if profiles[name, "aws_access_key_id"] != nil { return .profile(name) }
        if let command = profiles[name, "credential_process"] { return .command(command, profile: name) }
        if profiles[name, "sso_session"] ?? profiles[name, "sso_start_url"] != nil {
            throw .settings(
                origin: "the profile '\(name)'",
                problem: "it signs in through a browser (sso); set credential_process = aws configure export-credentials --profile \(name)")
        }
        return nil
    }

    private static func origin(
        ofRole role: String, _ name: String, _ profiles: Profiles, _ variables: SetVariables, seen: [String]
    ) throws(CredentialError) -> CredentialOrigin {
        let session = profiles[name, "role_session_name"] ?? "penstock"
        if let file = profiles[name, "web_identity_token_file"] {
            return .webIdentity(role: role, tokenFile: FilePath(file), session: session)
        }
        let external = profiles[name, "external_id"]
        if let other = profiles[name, "source_profile"] {
            guard profiles.contains(other) else { throw .noProfile(other) }
            guard let source = try origin(ofProfile: other, profiles, variables, seen: seen) else {
                throw .settings(origin: "the profile '\(name)'", problem: "its source_profile '\(other)' has no keys")
            }
            return .role(role, externalID: external, session: session, source: source)
        }
        switch profiles[name, "credential_source"] {
        case "Environment":
            if let keys = try keys(variables) {
                return .role(role, externalID: external, session: session, source: .variables(keys))
            }
        case "Ec2InstanceMetadata", "EcsContainer":
            if let source = services(variables) {
                return .role(role, externalID: external, session: session, source: source)
            }
        default: break
        }
        throw .settings(
            origin: "the profile '\(name)'",
            problem: "its role_arn needs a source_profile, a credential_source or a web_identity_token_file")
    }
}

/// Variables that are there and not empty.
struct SetVariables: Sendable {
    private let environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    subscript(name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
}
