import ObjectStores
import Diagnostics
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Objects that go in parts. Parts have four bytes here.
@Suite struct S3PartsTests {
    typealias Reply = LoopbackServer.Reply

    private let folder: TemporaryFolder
    private let file: OpenContent
    private let key: ObjectKey
    private let content = Array("abcdefghijklmnopqrstuvwxyz".utf8)

    init() throws {
        folder = try TemporaryFolder()
        file = OpenContent(try FileDescriptor.open(try folder.write("in", content), .readWrite))
        key = try ObjectKey("long")
    }

    private func upload(_ service: PlayedService, _ condition: PutCondition = .always) async throws -> PutOutcome {
        try await service.store(partSize: 4).upload(1..<26, of: file.descriptor.rawValue, as: key, condition)
    }

    private var kept: [String: [UInt8]] { ["/bucket/root/long": Array(content[1..<26])] }

    @Test func aFileInParts() async throws {
        let service = try await PlayedService()
        #expect(try await upload(service) == .stored)
        #expect(service.objects == kept)
        #expect(service.openUploads == 0)
        let parts = service.server.requests.filter { $0.method == "PUT" }
        #expect(parts.count == 7)
        #expect(parts.allSatisfy { $0.header("x-amz-checksum-sha256") != nil })
    }

    @Test func oneThatIsThereIsNotSent() async throws {
        let service = try await PlayedService()
        service.keep("root/long", [1])
        #expect(try await upload(service, .ifAbsent) == .wasThere)
        #expect(service.server.requests.count == 1)
    }

    @Test func somebodyElseIsFaster() async throws {
        let service = try await PlayedService { request, _ in
            request.method == "POST" && request.query.hasPrefix("uploadId") ? PlayedService.error(412, "PreconditionFailed") : nil
        }
        #expect(try await upload(service, .ifAbsent) == .wasThere)
    }

    @Test func aServiceWithoutConditions() async throws {
        let service = try await PlayedService { request, _ in
            request.header("if-none-match") == nil ? nil : PlayedService.error(501, "NotImplemented")
        }
        #expect(try await upload(service, .ifAbsent) == .stored)
        #expect(service.objects == kept)
        #expect(service.openUploads == 0)
        #expect(try await upload(service, .ifAbsent) == .wasThere)
    }

    @Test func partsThatFailAreSentAgain() async throws {
        let sent = Mutex<Set<String>>([])
        let service = try await PlayedService { request, _ in
            guard request.method == "PUT", sent.withLock({ $0.insert(request.query).inserted }) else { return nil }
            return PlayedService.error(500, "InternalError")
        }
        #expect(try await upload(service) == .stored)
        #expect(service.objects == kept)
        #expect(service.server.requests.filter { $0.method == "PUT" }.count == 14)
    }

    @Test func aPartThatGetsLostIsSentAgain() async throws {
        let isLost = Once()
        let service = try await PlayedService { request, _ in
            guard request.method == "PUT", request.query.contains("partNumber=3&") else { return nil }
            // Confirmed, and forgotten.
            guard isLost.take() else { return nil }
            return Reply(200, [("ETag", PlayedService.tag(request.body))])
        }
        #expect(try await upload(service) == .stored)
        #expect(service.objects == kept)
        #expect(service.server.requests.filter { $0.method == "PUT" }.count == 8)
    }

    @Test func aPartThatIsAlwaysLost() async throws {
        let service = try await PlayedService { request, _ in
            guard request.method == "PUT", request.query.contains("partNumber=3&") else { return nil }
            return Reply(200, [("ETag", PlayedService.tag(request.body))])
        }
        let error = await #expect(throws: ObjectStoreError.self) { try await upload(service) }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(service.objects.isEmpty && service.openUploads == 0)
    }

    @Test func anObjectThatLacksAPartIsNotReportedStored() async throws {
        // The service puts together what it has, and says that all is well.
        let service = try await PlayedService { request, _ in
            request.method == "HEAD" ? Reply(200, [("ETag", "\"x\""), ("Content-Length", "21")]) : nil
        }
        let error = await #expect(throws: ObjectStoreError.self) { try await upload(service) }
        #expect(error?.diagnostic.headline.contains("21 bytes") == true)
        #expect(service.objects.isEmpty, "nobody shall take it for the whole")
    }

    @Test func anErrorInsideAGoodAnswer() async throws {
        let isFirst = Once()
        let service = try await PlayedService { request, _ in
            guard request.method == "POST", request.query.hasPrefix("uploadId"),
                isFirst.take()
            else { return nil }
            return Reply(200, [], Array("  <Error><Code>InternalError</Code></Error>".utf8))
        }
        #expect(try await upload(service) == .stored)
        #expect(service.objects == kept)
        #expect(service.pauses.count == 1)
    }

    @Test func aLastAnswerThatGetsLost() async throws {
        let isFirst = Once()
        let service = try await PlayedService { request, _ in
            guard request.method == "POST", request.query.hasPrefix("uploadId"),
                isFirst.take()
            else { return nil }
            return Reply(500)
        }
        // As if the first request had been carried out.
        #expect(try await upload(service) == .stored)
        #expect(service.objects == kept)
    }

    @Test func anUploadThatIsRefusedLeavesNothing() async throws {
        let service = try await PlayedService { request, _ in
            request.method == "PUT" && request.query.contains("partNumber=5&") ? PlayedService.error(403, "AccessDenied") : nil
        }
        let error = await #expect(throws: ObjectStoreError.self) { try await upload(service) }
        guard case .refused(_, _, 403, "AccessDenied", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(service.objects.isEmpty && service.openUploads == 0)
    }

    @Test func aFileThatIsShorterThanSaid() async throws {
        let service = try await PlayedService()
        let store = try service.store(partSize: 4)
        await #expect(throws: ObjectStoreError.shortInput(store: "s3://bucket", key: "root/long")) {
            try await store.upload(0..<99, of: file.descriptor.rawValue, as: key, .always)
        }
        #expect(service.objects.isEmpty && service.openUploads == 0)
    }

    // MARK: Fetching

    private func download(_ service: PlayedService) async throws -> [UInt8]? {
        let target = try FileDescriptor.open(
            folder.path.appending("out"), .readWrite, options: [.create], permissions: .ownerReadWrite)
        defer { try? target.close() }
        guard let info = try await service.store(partSize: 4).download(key, to: target.rawValue) else { return nil }
        let bytes = try folder.read("out")
        #expect(info.size == bytes.count)
        return bytes
    }

    @Test func fetchedInParts() async throws {
        let service = try await PlayedService()
        service.keep("root/long", content)
        #expect(try await download(service) == content)
        #expect(service.server.requests.count == 7)
        #expect(service.server.requests.dropFirst().allSatisfy { $0.header("if-match") != nil })
    }

    @Test func whatIsEmpty() async throws {
        let service = try await PlayedService()
        service.keep("root/long", [])
        #expect(try await download(service) == [])
    }

    @Test func whatIsMissing() async throws {
        #expect(try await download(try await PlayedService()) == nil)
    }

    @Test func aServiceWithoutParts() async throws {
        let service = try await PlayedService { [content] request, _ in
            request.method == "GET" ? Reply(200, [("ETag", "\"x\"")], content) : nil
        }
        #expect(try await download(service) == content)
    }

    @Test func partsThatBreakOff() async throws {
        let begun = Mutex<Set<Int>>([])
        let service = try await PlayedService { [content] request, _ in
            guard let range = request.header("range") else { return nil }
            let ends = range.dropFirst(6).split(separator: "-").compactMap { Int($0) }
            // Each part once; what is asked again may begin later.
            guard begun.withLock({ $0.insert(ends[1]).inserted }) else { return nil }
            let part = content[ends[0]..<min(ends[1] + 1, content.count)]
            var reply = Reply(
                206, [("ETag", PlayedService.tag(content)), ("Content-Range", "bytes \(part.startIndex)-\(part.endIndex - 1)/26")], Array(part))
            reply.delivery = .cutOff(after: 1)
            return reply
        }
        service.keep("root/long", content)
        #expect(try await download(service) == content)
    }

    @Test func oneThatIsReplacedMeanwhile() async throws {
        let other = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        let service = try await PlayedService { _, number in
            guard number == 0 else { return nil }
            return Reply(206, [("ETag", "\"old\""), ("Content-Range", "bytes 0-3/26")], Array("abcd".utf8))
        }
        service.keep("root/long", other)
        #expect(try await download(service) == other, "never a mixture")
    }
}

/// A file that is open as long as this lives.
private final class OpenContent: Sendable {
    let descriptor: FileDescriptor

    init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }
}
