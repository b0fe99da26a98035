import ObjectStores
import SystemPackage
import TestSupport
import Testing

@Suite struct CredentialOriginTests {
    private func find(
        _ environment: [String: String], config: String = "", credentials: String = ""
    ) throws -> CredentialOrigin? {
        var profiles = Profiles()
        profiles.add(config, file: "/config", isCredentials: false)
        profiles.add(credentials, file: "/credentials", isCredentials: true)
        return try CredentialOrigin.find(environment, profiles)
    }

    private static let keys = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"]

    @Test func variablesComeFirst() throws {
        let found = try find(Self.keys.merging(["AWS_SESSION_TOKEN": "T"]) { $1 }, credentials: "[default]\naws_access_key_id=B\naws_secret_access_key=C")
        #expect(found == .variables(AWSCredentials(accessKey: "A", secretKey: "S", sessionToken: "T")))
    }

    @Test(arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    func halfAKeyIsAnError(_ name: String) {
        #expect(throws: CredentialError.self) { try find([name: "x"]) }
    }

    @Test func profiles() throws {
        let text = "[default]\naws_access_key_id = B\n[lab]\naws_access_key_id = L\naws_secret_access_key = M"
        #expect(try find([:], credentials: text) == .profile("default"))
        #expect(try find(["AWS_PROFILE": "lab"], credentials: text) == .profile("lab"))
        #expect(throws: CredentialError.noProfile("other")) { try find(["AWS_PROFILE": "other"], credentials: text) }
    }

    @Test func aCommand() throws {
        #expect(try find([:], config: "[default]\ncredential_process = get keys") == .command("get keys", profile: "default"))
    }

    @Test func webIdentity() throws {
        let variables = ["AWS_ROLE_ARN": "arn:r", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_SESSION_NAME": "me"]
        #expect(try find(variables) == .webIdentity(role: "arn:r", tokenFile: "/token", session: "me"))
        let config = "[profile p]\nrole_arn = arn:q\nweb_identity_token_file = /other"
        #expect(try find(variables.merging(["AWS_PROFILE": "p"]) { $1 }, config: config) == .webIdentity(role: "arn:q", tokenFile: "/other", session: "penstock"))
    }

    @Test func rolesOverRoles() throws {
        let config = """
            [profile a]
            role_arn = arn:a
            source_profile = b
            external_id = x
            [profile b]
            role_arn = arn:b
            source_profile = c
            [profile c]
            aws_access_key_id = C
            aws_secret_access_key = D
            """
        let expected = CredentialOrigin.role(
            "arn:a", externalID: "x", session: "penstock",
            source: .role("arn:b", externalID: nil, session: "penstock", source: .profile("c")))
        #expect(try find(["AWS_PROFILE": "a"], config: config) == expected)
    }

    @Test func aRoleOfItsOwnKeys() throws {
        let config = "[profile a]\nrole_arn = arn:a\nsource_profile = a\naws_access_key_id = C"
        #expect(
            try find(["AWS_PROFILE": "a"], config: config)
                == .role("arn:a", externalID: nil, session: "penstock", source: .profile("a")))
    }

    @Test(arguments: [
        "[profile a]\nrole_arn = x\nsource_profile = b\n[profile b]\nrole_arn = y\nsource_profile = a",
        "[profile a]\nrole_arn = x", "[profile a]\nrole_arn = x\nsource_profile = none", "[profile a]\nsso_session = s",
        "[profile a]\nrole_arn = x\ncredential_source = Environment",
    ])
    func whatLeadsNowhere(_ config: String) {
        #expect(throws: CredentialError.self) { try find(["AWS_PROFILE": "a"], config: config) }
    }

    @Test func services() throws {
        #expect(try find([:]) == .instance(endpoint: "http://169.254.169.254"))
        #expect(try find(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1"]) == .instance(endpoint: "http://127.0.0.1:1"))
        #expect(try find(["AWS_EC2_METADATA_DISABLED": "true"]) == nil)
        #expect(
            try find(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x", "AWS_EC2_METADATA_DISABLED": "true"])
                == .container(url: "http://169.254.170.2/x", token: .none))
        #expect(
            try find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/y", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t"])
                == .container(url: "http://127.0.0.1/y", token: .text("t")))
    }

    @Test(arguments: [
        ("a b", ["a", "b"]), ("'a b'  c", ["a b", "c"]), ("a\\ b \"c d\" ''", ["a b", "c d", ""]), ("  ", []),
    ])
    func commandLines(_ line: String, _ words: [String]) {
        #expect(CredentialCommand.words(line) == words)
    }
}
