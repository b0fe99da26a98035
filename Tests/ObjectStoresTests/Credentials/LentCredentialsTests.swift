import Diagnostics
import FoundationEssentials
import ObjectStores
import PackageSources
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Keys that are lent for a while: by the machine's service, the container's, and the token service.
@Suite struct LentCredentialsTests {
    typealias Request = LoopbackServer.Request
    typealias Reply = LoopbackServer.Reply

    private let key: ObjectKey

    init() throws { key = try ObjectKey("x") }

    /// Keys in JSON, as services print them.
    private static func printed(_ key: String, seconds: Int64) -> Reply {
        let end = SigningTime(Int64(Date.now.timeIntervalSince1970) + seconds).text
        let digits = Array(end)
        let iso = "\(String(digits[0..<4]))-\(String(digits[4..<6]))-\(String(digits[6..<8]))T\(String(digits[9..<11])):\(String(digits[11..<13])):\(String(digits[13..<15]))Z"
        let text = #"{"Code":"Success","AccessKeyId":"\#(key)","SecretAccessKey":"lent-secret","Token":"lent-token","Expiration":"\#(iso)"}"#
        return Reply(200, [], Array(text.utf8))
    }

    private static func service(_ trouble: @escaping PlayedService.Trouble = { _, _ in nil }) async throws -> PlayedService {
        try await PlayedService(trouble)
    }

    /// The keys with which the service was asked.
    private static func keys(_ service: PlayedService) -> [String] {
        service.server.requests.compactMap { request in
            request.header("authorization")?.split(separator: "=").dropFirst().first.map { String($0.prefix { $0 != "/" }) }
        }
    }

    private static let without = ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]

    private func machine(_ answers: @escaping @Sendable (Int) -> Reply?) async throws -> LoopbackServer {
        let count = Mutex(0)
        return try await LoopbackServer { request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token"): return Reply(200, [], Array("session".utf8))
            case _ where request.header("x-aws-ec2-metadata-token") != "session": return Reply(401)
            case ("GET", "/latest/meta-data/iam/security-credentials/"): return Reply(200, [], Array("role\n".utf8))
            case ("GET", "/latest/meta-data/iam/security-credentials/role"):
                return answers(count.withLock { count in defer { count += 1 }; return count }) ?? Reply(500)
            default: return Reply(404)
            }
        }
    }

    @Test func theMachineLendsThem() async throws {
        let machine = try await machine { _ in Self.printed("MACHINE", seconds: 3600) }
        let service = try await Self.service()
        let store = try service.store(Self.without.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.url]) { $1 })
        let key = key
        await withTaskGroup { group in
            for _ in 0..<20 { group.addTask { _ = try? await store.info(of: key) } }
        }
        #expect(Set(Self.keys(service)) == ["MACHINE"] && Self.keys(service).count == 20)
        #expect(service.server.requests.allSatisfy { $0.header("x-amz-security-token") == "lent-token" })
        #expect(machine.requests.count == 3, "many share one fetch")
    }

    @Test func theyAreRenewedBeforeTheyEnd() async throws {
        let machine = try await machine { Self.printed("KEY\($0)", seconds: $0 == 0 ? 100 : 3600) }
        let service = try await Self.service()
        let store = try service.store(Self.without.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.url]) { $1 })
        for _ in 0..<3 { _ = try await store.info(of: key) }
        #expect(Self.keys(service) == ["KEY0", "KEY1", "KEY1"])
    }

    @Test func theOldOnesServeWhileTheMachineIsSilent() async throws {
        let machine = try await machine { $0 == 0 ? Self.printed("KEY", seconds: 100) : nil }
        let service = try await Self.service()
        let store = try service.store(Self.without.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.url]) { $1 })
        for _ in 0..<2 { _ = try await store.info(of: key) }
        #expect(Self.keys(service) == ["KEY", "KEY"])
    }

    @Test func theyAreRenewedWhenTheServiceHasEnough() async throws {
        let machine = try await machine { Self.printed("KEY\($0)", seconds: 3600) }
        let service = try await Self.service { request, _ in
            request.header("authorization")?.contains("KEY0/") == true ? PlayedService.error(400, "ExpiredToken") : nil
        }
        let store = try service.store(Self.without.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.url]) { $1 })
        try await store.put([1], as: key)
        #expect(Self.keys(service) == ["KEY0", "KEY1"])
    }

    /// Addresses that others use serve no longer than the keys with which they are made.
    @Test func addressesAreMadeWithKeysThatLast() async throws {
        let machine = try await machine { Self.printed("KEY\($0)", seconds: Int64($0 + 1) * 3600) }
        let service = try await Self.service()
        let store = try service.store(Self.without.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.url]) { $1 })
        func keyOfAddress() async throws -> String {
            let address = try await store.fetchAddress(of: key, validFor: .seconds(7 * 86400))
            return String(address.split(separator: "Credential=").last?.prefix { $0 != "%" } ?? "")
        }
        #expect(try await keyOfAddress() == "KEY0")
        // They would serve for requests, and are got anew; not for each address.
        service.pass(seconds: 1200)
        #expect(try await keyOfAddress() == "KEY1")
        #expect(try await keyOfAddress() == "KEY1")
        _ = try await store.info(of: key)
        #expect(Self.keys(service) == ["KEY1"])
    }

    @Test func noMachineOfACloud() async throws {
        let service = try await Self.service()
        let port = try ClosedPort()
        let store = try service.store(Self.without.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": port.url]) { $1 })
        let error = await #expect(throws: ObjectStoreError.self) { try await store.info(of: key) }
        #expect(error?.diagnostic.headline.contains("AWS_ACCESS_KEY_ID") == true, "as if nothing was configured")
    }

    @Test func theContainerLendsThem() async throws {
        let container = try await LoopbackServer { request in
            request.header("authorization") == "the-word" ? Self.printed("CONTAINER", seconds: 3600) : Reply(403)
        }
        let folder = try TemporaryFolder()
        let file = try folder.write("token", Array("the-word\n".utf8))
        for variables in [
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "the-word"], ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file.string],
        ] {
            let service = try await Self.service()
            let environment = Self.without.merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(container.url)/keys"]) { $1 }
            _ = try await service.store(environment.merging(variables) { $1 }).info(of: key)
            #expect(Self.keys(service) == ["CONTAINER"])
        }
    }

    @Test func aContainerServiceFarAwayIsNotAsked() async throws {
        let service = try await Self.service()
        let store = try service.store(
            Self.without.merging([
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://keys.example/", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "the-word",
            ]) { $1 })
        let error = await #expect(throws: ObjectStoreError.self) { try await store.info(of: key) }
        let told = String(describing: error?.diagnostic)
        #expect(told.contains("not asked") && !told.contains("the-word"))
    }

    /// The token service: answers a request that has all of the words.
    private static func tokenService(_ action: String, _ words: [String]) async throws -> LoopbackServer {
        try await LoopbackServer { request in
            let form = String(decoding: request.body, as: UTF8.self)
            guard words.allSatisfy({ form.contains($0) }), form.contains("Action=\(action)&") else {
                return Reply(403, [], Array("<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>".utf8))
            }
            let text = """
                <\(action)Response xmlns="http://example.com/"><\(action)Result><Credentials><AccessKeyId>ROLE</AccessKeyId>\
                <SecretAccessKey>s</SecretAccessKey><SessionToken>lent-token</SessionToken>\
                <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></\(action)Result></\(action)Response>
                """
            return Reply(200, [], Array(text.utf8))
        }
    }

    @Test func aWebIdentity() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", Array("an.identity+token\n".utf8))
        let tokens = try await Self.tokenService(
            "AssumeRoleWithWebIdentity", ["RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr", "WebIdentityToken=an.identity%2Btoken"])
        let service = try await Self.service()
        var variables = Self.without
        variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r"
        variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = file.string
        variables["AWS_ENDPOINT_URL_STS"] = tokens.url
        _ = try await service.store(variables).info(of: key)
        #expect(Self.keys(service) == ["ROLE"])
        #expect(tokens.requests.first?.header("authorization") == nil)
    }

    @Test func aWebIdentityThatIsRefused() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", Array("an.identity+token".utf8))
        let tokens = try await Self.tokenService("AssumeRoleWithWebIdentity", ["nothing like it"])
        let service = try await Self.service()
        var variables = Self.without
        variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r"
        variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = file.string
        variables["AWS_ENDPOINT_URL_STS"] = tokens.url
        let error = await #expect(throws: ObjectStoreError.self) { try await service.store(variables).info(of: key) }
        let told = String(describing: error?.diagnostic)
        #expect(told.contains("AccessDenied") && !told.contains("identity+token"))
    }

    @Test func aRoleWithTheKeysOfAnotherProfile() async throws {
        let folder = try TemporaryFolder()
        let config = try folder.write("config", Array("""
            [profile lab]
            role_arn = arn:r
            source_profile = own
            [profile own]
            aws_access_key_id = OWN
            aws_secret_access_key = s
            """.utf8))
        let tokens = try await Self.tokenService("AssumeRole", ["RoleArn=arn%3Ar"])
        let service = try await Self.service()
        var variables = Self.without
        variables["AWS_PROFILE"] = "lab"
        variables["AWS_CONFIG_FILE"] = config.string
        variables["AWS_ENDPOINT_URL_STS"] = tokens.url
        _ = try await service.store(variables).info(of: key)
        #expect(Self.keys(service) == ["ROLE"])
        #expect(tokens.requests.first?.header("authorization")?.contains("Credential=OWN/") == true)
        #expect(tokens.requests.first?.header("authorization")?.contains("/sts/aws4_request") == true)
    }

    @Test func aRoleBesideVariables() async throws {
        let tokens = try await Self.tokenService("AssumeRole", ["RoleArn=arn%3Ar"])
        let service = try await Self.service()
        _ = try await service.store(["PENSTOCK_S3_ROLE": "arn:r", "AWS_ENDPOINT_URL_STS": tokens.url]).info(of: key)
        #expect(Self.keys(service) == ["ROLE"])
    }

    @Test func aCommandThatPrintsThem() async throws {
        let folder = try TemporaryFolder()
        let keys = try folder.write("keys", Array(#"{"Version":1,"AccessKeyId":"PRINTED","SecretAccessKey":"s"}"#.utf8))
        for (command, isGood) in [("cat '\(keys)'", true), ("cat '\(keys)-none'", false), ("no-such-command-anywhere", false)] {
            let config = try folder.write("config", Array("[default]\ncredential_process = \(command)\n".utf8))
            let service = try await Self.service()
            let store = try service.store(
                Self.without.merging(["AWS_CONFIG_FILE": config.string, "PATH": "/bin:/usr/bin"]) { $1 })
            if isGood {
                _ = try await store.info(of: key)
                #expect(Self.keys(service) == ["PRINTED"])
            } else {
                await #expect(throws: ObjectStoreError.self) { try await store.info(of: key) }
            }
        }
    }
}
