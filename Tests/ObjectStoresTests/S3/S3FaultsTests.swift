import ObjectStores
import Diagnostics
import SystemPackage
import TestSupport
import Testing

/// What goes wrong on the way and at the other end: nothing is reported stored that is not, and what passes is overcome.
@Suite struct S3FaultsTests {
    typealias Reply = LoopbackServer.Reply

    private let key: ObjectKey
    private let content = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    init() throws { key = try ObjectKey("blobs/x") }

    @Test func whatIsPutIsThere() async throws {
        let service = try await PlayedService()
        let store = try service.store()
        try await store.put(content, as: key)
        #expect(service.objects == ["/bucket/root/blobs/x": content])
        #expect(try await store.read(key) == content)
        #expect(try await store.read(key, range: 10..<20) == Array(content[10..<20]))
        #expect(try await store.read(key, range: 990..<2000) == Array(content[990...]))
        #expect(try await store.read(key, range: 2000..<2001) == [])
        #expect(try await store.info(of: key)?.size == 1000)
        #expect(try await store.all("blobs/").map(\.key) == [key])
        try await store.remove([key])
        #expect(try await store.read(key) == nil)
        #expect(try await store.info(of: key) == nil)
    }

    /// Each of them twice, then the truth.
    @Test(arguments: [
        Reply(500), Reply(502), Reply(503, [("Retry-After", "7")]), PlayedService.error(503, "SlowDown"),
        PlayedService.error(400, "RequestTimeout"), PlayedService.error(409, "ConditionalRequestConflict"), Reply(429),
    ])
    func troubleThatPasses(_ reply: Reply) async throws {
        let service = try await PlayedService { _, number in number % 3 < 2 ? reply : nil }
        let store = try service.store()
        try await store.put(content, as: key)
        #expect(try await store.read(key) == content)
        #expect(try await store.info(of: key)?.size == 1000)
        let waits = reply.headers.contains { $0.0 == "Retry-After" }
        // An answer to HEAD has no words, so two of these numbers say nothing there; the question is asked with GET then.
        #expect((5...6).contains(service.pauses.count))
        #expect(service.pauses.allSatisfy { waits ? $0 == .seconds(7) : $0 < .seconds(2) })
    }

    @Test func troubleThatStays() async throws {
        let service = try await PlayedService { _, _ in PlayedService.error(503, "SlowDown") }
        let store = try service.store()
        let error = await #expect(throws: ObjectStoreError.self) { try await store.put(content, as: key) }
        #expect(
            error == .unreachable(
                store: "s3://bucket", key: "root/blobs/x", attempts: 4, reason: "the service answered 503 (SlowDown: played)"))
        #expect(service.objects.isEmpty)
    }

    @Test(arguments: [
        Reply.Delivery.cutOff(after: 0), .cutOff(after: 400), .cutOff(after: 999),
    ])
    func bodiesThatBreakOff(_ delivery: Reply.Delivery) async throws {
        let service = try await PlayedService { [content] request, number in
            guard request.method == "GET", number % 2 == 0 else { return nil }
            var reply = Reply(200, [("ETag", "\"x\""), ("Content-Length", "1000")], content)
            reply.delivery = delivery
            return reply
        }
        service.keep("root/blobs/x", content)
        let store = try service.store()
        #expect(try await store.read(key) == content)
        let folder = try TemporaryFolder()
        let file = try FileDescriptor.open(
            folder.path.appending("x"), .readWrite, options: [.create], permissions: .ownerReadWrite)
        defer { try? file.close() }
        #expect(try await store.download(key, to: file.rawValue)?.size == 1000)
        #expect(try folder.read("x") == content)
    }

    @Test func aBodyThatIsShorterThanPromisedByEverybody() async throws {
        let service = try await PlayedService { request, _ in
            request.method == "GET" ? Reply(206, [("ETag", "\"x\""), ("Content-Range", "bytes 0-9/10")], [1, 2, 3]) : nil
        }
        let store = try service.store()
        let error = await #expect(throws: ObjectStoreError.self) { try await store.read(key, range: 0..<10) }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func anAnswerThatGetsLost() async throws {
        // The first put is carried out, and its answer does not come.
        let isFirst = Once()
        let service = try await PlayedService { request, _ in
            guard request.method == "PUT", isFirst.take() else { return nil }
            var reply = Reply(200, [("ETag", "\"x\""), ("Content-Length", "50")], [])
            reply.delivery = .cutOff(after: 0)
            return reply
        }
        service.keep("root/blobs/x", content)
        let store = try service.store()
        #expect(try await store.put(content, as: key, .ifAbsent) == .stored, "the bytes are its own")
        #expect(try await store.put(content, as: key, .ifAbsent) == .wasThere)
        #expect(try await store.put([1], as: key, .ifAbsent) == .wasThere)
    }

    @Test func headsThatLie() async throws {
        let service = try await PlayedService { request, _ in
            request.method == "HEAD" ? Reply(200, [("Content-Length", "3")]) : nil
        }
        service.keep("root/blobs/x", content)
        let store = try service.store()
        // Without a tag it is no answer about an object.
        let error = await #expect(throws: ObjectStoreError.self) { try await store.info(of: key) }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await store.read(key) == content, "what is fetched does not depend on it")
    }

    @Test func headsThatAreRefused() async throws {
        // An answer to HEAD has no words; the question is asked again in a way that has.
        let service = try await PlayedService { request, _ in
            if request.method == "HEAD" { return Reply(403) }
            return PlayedService.error(403, "AccessDenied")
        }
        let error = await #expect(throws: ObjectStoreError.self) { try await service.store().info(of: key) }
        #expect(error == .refused(store: "s3://bucket", key: "root/blobs/x", status: 403, code: "AccessDenied", message: "played"))
    }

    @Test func aServiceThatIsSilent() async throws {
        let service = try await PlayedService { _, _ in
            var reply = Reply(200, [("Content-Length", "10")], Array(repeating: 0, count: 10))
            reply.delivery = .cutOff(after: 0)
            return reply
        }
        let error = await #expect(throws: ObjectStoreError.self) { try await service.store().read(key) }
        guard case .unreachable(_, _, 4, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aPutThatIsNotConfirmed() async throws {
        let service = try await PlayedService { request, _ in request.method == "PUT" ? Reply(200) : nil }
        let error = await #expect(throws: ObjectStoreError.self) { try await service.store().put(content, as: key) }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func anotherRegion() async throws {
        let service = try await PlayedService { request, _ in
            guard request.header("authorization")?.contains("/eu-west-9/") != true else { return nil }
            return PlayedService.error(400, "AuthorizationHeaderMalformed", "<Region>eu-west-9</Region>")
        }
        let store = try service.store()
        try await store.put(content, as: key)
        try await store.put(content, as: try ObjectKey("second"))
        #expect(service.server.requests.count == 3, "it is remembered")
        #expect(service.pauses.isEmpty)
    }

    @Test func anotherTime() async throws {
        let service = try await PlayedService { request, _ in
            guard request.header("x-amz-date")?.hasPrefix("20400101") != true else { return nil }
            return PlayedService.error(403, "RequestTimeTooSkewed", headers: [("Date", "Sun, 01 Jan 2040 00:00:00 GMT")])
        }
        try await service.store().put(content, as: key)
        #expect(service.server.requests.count == 2)
    }

    /// An address that others use is made by the service's clock, too.
    @Test func anAddressByTheServicesClock() async throws {
        let service = try await PlayedService { request, _ in
            guard request.header("x-amz-date")?.hasPrefix("20400101") != true else { return nil }
            return PlayedService.error(403, "RequestTimeTooSkewed", headers: [("Date", "Sun, 01 Jan 2040 00:00:00 GMT")])
        }
        let store = try service.store()
        try await store.put(content, as: key)
        #expect(try await store.fetchAddress(of: key, validFor: .seconds(60)).contains("X-Amz-Date=20400101T00"))
    }

    /// A clock that is some minutes off is no error for the service; an address that is signed for the future would be.
    @Test func aClockThatIsOffIsNoticedInAnyAnswer() async throws {
        let service = try await PlayedService { _, _ in
            Reply(200, [("Date", "Sun, 01 Jan 2040 00:00:00 GMT"), ("ETag", "\"1\"")])
        }
        let store = try service.store()
        try await store.put(content, as: key)
        #expect(service.server.requests.count == 1)
        #expect(try await store.fetchAddress(of: key, validFor: .seconds(60)).contains("X-Amz-Date=20400101T00"))
    }

    /// Services that do not know `If-None-Match` refuse it.
    @Test func aServiceWithoutConditions() async throws {
        let service = try await PlayedService { request, _ in
            request.header("if-none-match") == nil ? nil : PlayedService.error(501, "NotImplemented")
        }
        let store = try service.store()
        #expect(try await store.put(content, as: key, .ifAbsent) == .stored)
        #expect(try await store.put([1, 2, 3], as: key, .ifAbsent) == .wasThere)
        #expect(try await store.read(key) == content)
    }

    @Test func anotherHost() async throws {
        let other = try await PlayedService()
        let service = try await PlayedService { [url = other.server.url] _, _ in Reply(307, [("Location", "\(url)/bucket/x")]) }
        try await service.store().put(content, as: key)
        #expect(other.objects["/bucket/root/blobs/x"] == content)
    }

    @Test func redirectsWithoutEnd() async throws {
        let service = try await PlayedService { request, _ in Reply(307, [("Location", "http://\(request.header("host") ?? "")/")]) }
        let error = await #expect(throws: ObjectStoreError.self) { try await service.store().put(content, as: key) }
        guard case .refused(_, _, 307, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func keysThatHaveExpired() async throws {
        let service = try await PlayedService { _, _ in PlayedService.error(400, "ExpiredToken") }
        let store = try service.store(["AWS_SESSION_TOKEN": "the-token"])
        let error = await #expect(throws: ObjectStoreError.self) { try await store.put(content, as: key) }
        guard case .credentials(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("expired") && !reason.contains("the-"))
        #expect(service.server.requests.count == 1, "the same keys are not tried again")
    }

    @Test func keysThatAreRenewedInTheirFile() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("credentials", Array("[default]\naws_access_key_id=OLD\naws_secret_access_key=s".utf8))
        let service = try await PlayedService { request, _ in
            guard request.header("authorization")?.contains("Credential=OLD/") == true else { return nil }
            _ = try? folder.write("credentials", Array("[default]\naws_access_key_id=NEW\naws_secret_access_key=t".utf8))
            return PlayedService.error(400, "ExpiredToken")
        }
        let store = try service.store([
            "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SHARED_CREDENTIALS_FILE": path.string,
        ])
        try await store.put(content, as: key)
        #expect(service.objects.count == 1)
        #expect(service.pauses.isEmpty)
    }

    @Test(arguments: [
        (Reply(403), 403, nil), (PlayedService.error(403, "SignatureDoesNotMatch"), 403, "SignatureDoesNotMatch"),
        (PlayedService.error(404, "NoSuchBucket"), 404, "NoSuchBucket"), (PlayedService.error(501, "NotImplemented"), 501, "NotImplemented"),
    ] as [(Reply, Int, String?)])
    func whatIsRefusedIsAskedOnce(_ reply: Reply, _ status: Int, _ code: String?) async throws {
        let service = try await PlayedService { _, _ in reply }
        let error = await #expect(throws: ObjectStoreError.self) { try await service.store().put(content, as: key) }
        guard case .refused(_, _, status, code, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(service.server.requests.count == 1)
        let told = String(describing: error?.diagnostic)
        #expect(!told.contains("the-secret"))
    }
}
