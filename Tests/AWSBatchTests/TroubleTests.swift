import AWSBatch
import Clusters
import FlowModel
import SystemPackage
import TestSupport
import Testing

/// What goes wrong on the way and at the other end: no job is submitted twice, what passes is overcome, and what does not is told.
@Suite struct TroubleTests {
    typealias Reply = LoopbackServer.Reply

    // MARK: What passes

    /// Each of them three times, then the truth.
    @Test(arguments: [
        PlayedBatch.error(429, "TooManyRequestsException"), PlayedBatch.error(400, "ThrottlingException"), Reply(429),
    ])
    func throttling(_ reply: Reply) async throws {
        let batch = try await PlayedBatch { _, number, _ in number < 3 ? .instead(reply) : nil }
        let executor = try batch.executor()
        let ids = try await executor.submit(.played(20))
        #expect(Set(ids).count == 20)
        #expect(batch.jobs.count == 20)
        // It is left alone for a while, and never for long.
        #expect(!batch.state.pauses.isEmpty)
        #expect(batch.state.pauses.allSatisfy { $0 > .zero && $0 <= .seconds(20) })
    }

    @Test func theServiceSaysForHowLong() async throws {
        let batch = try await PlayedBatch { operation, number, _ in
            operation == "describejobs" && number == 0
                ? .instead(PlayedBatch.error(429, "TooManyRequestsException", headers: [("Retry-After", "7")])) : nil
        }
        let executor = try batch.executor()
        let ids = try await executor.submit(.played())
        _ = try await executor.poll(ids)
        #expect(batch.state.pauses == [.seconds(7)])
    }

    @Test(arguments: [Reply(500), PlayedBatch.error(500, "ServerException"), Reply(503), Reply(200, [], Array("<html>".utf8)), Reply(200, [], Array("[1]".utf8))])
    func troubleWhenAsked(_ reply: Reply) async throws {
        let batch = try await PlayedBatch { operation, number, _ in
            operation != "submitjob" && number < 2 ? .instead(reply) : nil
        }
        let executor = try batch.executor()
        let ids = try await executor.submit(.played(2))
        #expect(try await executor.poll(ids).count == 2)
        try await executor.cancel(ids)
        #expect(batch.jobs.allSatisfy { $0.status == "FAILED" })
    }

    // MARK: Answers that get lost

    /// The submission is carried out, and nobody says so.
    @Test(arguments: [
        Reply(500), PlayedBatch.error(503, "ServiceUnavailable"), Reply(200, [], Array("{}".utf8)), Reply(200, [], Array("no JSON".utf8)),
    ])
    func aSubmissionWhoseAnswerIsLost(_ reply: Reply) async throws {
        let batch = try await PlayedBatch { operation, number, _ in
            operation == "submitjob" && number % 3 == 0 ? .afterwards(reply) : nil
        }
        let ids = try await batch.executor().submit(.played(12))
        #expect(batch.jobs.count == 12)
        #expect(Set(ids.map(\.text)) == Set(batch.jobs.map(\.id)))
    }

    @Test func anAnswerThatBreaksOff() async throws {
        var reply = Reply(200, [("Content-Length", "100")], Array("{\"jobId\"".utf8))
        reply.delivery = .cutOff(after: 5)
        let lost = reply
        let batch = try await PlayedBatch { operation, number, _ in operation == "submitjob" && number == 0 ? .afterwards(lost) : nil }
        let ids = try await batch.executor().submit(.played())
        #expect(batch.jobs.map(\.id) == ids.map(\.text))
    }

    /// Lists come late: the job is seen at the third look only.
    @Test func aJobThatIsListedLate() async throws {
        let batch = try await PlayedBatch { operation, number, _ in
            switch operation {
            case "submitjob": number == 0 ? .afterwards(Reply(500)) : nil
            case "listjobs": number < 3 ? .instead(Reply(200, [], Array("{\"jobSummaryList\":[]}".utf8))) : nil
            default: nil
            }
        }
        let ids = try await batch.executor().submit(.played())
        #expect(batch.jobs.map(\.id) == ids.map(\.text))
        #expect(batch.calls("submitjob") == 1)
        #expect(batch.state.pauses == [.seconds(1), .seconds(3), .seconds(8)])
    }

    @Test func aSubmissionThatWasNotHeard() async throws {
        let batch = try await PlayedBatch { operation, number, _ in operation == "submitjob" && number == 0 ? .instead(Reply(503)) : nil }
        let ids = try await batch.executor().submit(.played())
        #expect(batch.jobs.map(\.id) == ids.map(\.text))
        #expect(batch.calls("submitjob") == 2)
    }

    @Test func aSubmissionThatIsNeverHeard() async throws {
        let batch = try await PlayedBatch { operation, _, _ in operation == "submitjob" ? .instead(Reply(500)) : nil }
        let error = await #expect(throws: ClusterError.self) { try await batch.executor().submit(.played()) }
        #expect(error?.isTransient == true)
        #expect(batch.calls("submitjob") == 3)
    }

    /// Two with one name, as when a list came too late for two engines: the older one counts.
    @Test func aJobThatIsThereTwice() async throws {
        let batch = try await PlayedBatch()
        let ids = try await batch.executor().submit(.played(2))
        batch.change { state in
            state.jobs.append(PlayedBatch.Job(id: "22222222-0000-0000-0000-000000000000", body: state.jobs[0].body))
        }
        #expect(try await batch.executor().submit(.played(2)) == ids)
        #expect(batch.jobs.map(\.status) == ["SUBMITTED", "SUBMITTED", "FAILED"])
    }

    // MARK: What stays

    /// What Batch answers, what it means, and what is said.
    @Test(arguments: [
        (PlayedBatch.error(400, "ClientException", "Memory is too little"), .refused, "AWS Batch refused to submit a job"),
        (PlayedBatch.error(403, "AccessDeniedException", "User is not authorized to perform: batch:SubmitJob"), .forbidden,
            "AWS does not let you submit a job"),
        (PlayedBatch.error(400, "ClientException", "User: x is not authorized to perform: batch:SubmitJob"), .forbidden,
            "AWS does not let you submit a job"),
        (PlayedBatch.error(403, "UnrecognizedClientException", "The security token included in the request is invalid."), .forbidden,
            "AWS does not accept the credentials"),
        (PlayedBatch.error(403, "InvalidSignatureException", "The request signature we calculated does not match"), .forbidden,
            "AWS does not accept the credentials"),
        (PlayedBatch.error(403, "ExpiredTokenException", "The security token included in the request is expired"), .forbidden,
            "the credentials for AWS Batch have expired: those of the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY have expired; "
                + "get new ones, then run the command again"),
        (Reply(404), .refused, "AWS Batch refused to submit a job"),
    ] as [(Reply, ClusterError.Fault, String)])
    func refusals(reply: Reply, fault: ClusterError.Fault, message: String) async throws {
        let batch = try await PlayedBatch { operation, _, _ in operation == "submitjob" ? .instead(reply) : nil }
        let error = await #expect(throws: ClusterError.self) { try await batch.executor().submit(.played()) }
        #expect(error?.fault == fault)
        #expect(error?.message == message)
        #expect(error?.isTransient == false)
        #expect(batch.calls("submitjob") == 1)
    }

    /// Of a group that is refused midway, nothing stays.
    @Test func nothingIsHalfDone() async throws {
        let batch = try await PlayedBatch { operation, number, _ in
            operation == "submitjob" && number == 25 ? .instead(PlayedBatch.error(400, "ClientException", "enough")) : nil
        }
        let error = await #expect(throws: ClusterError.self) { try await batch.executor().submit(.played(100)) }
        #expect(error?.details == ["ClientException: enough"])
        #expect(batch.jobs.count < 100)
        #expect(batch.jobs.allSatisfy { $0.status == "FAILED" })
    }

    /// Of a group that cannot be brought to its end now, the rest is submitted by the next try.
    @Test func whatPassesIsContinued() async throws {
        let batch = try await PlayedBatch { operation, number, _ in
            operation == "submitjob" && (25..<200).contains(number) ? .instead(PlayedBatch.error(429, "TooManyRequestsException")) : nil
        }
        let executor = try batch.executor()
        let error = await #expect(throws: ClusterError.self) { try await executor.submit(.played(60)) }
        #expect(error?.isTransient == true)
        #expect(batch.jobs.count == 25)
        batch.change { $0.calls["submitjob"] = 1000 }
        let ids = try await executor.submit(.played(60))
        #expect(batch.jobs.count == 60)
        #expect(Set(ids.map(\.text)) == Set(batch.jobs.map(\.id)))
    }

    @Test(arguments: ["InvalidSignatureException", "RequestExpired"])
    func theServicesClockCounts(code: String) async throws {
        let message = "Signature expired: 20231114T221320Z is now earlier than 20231114T223820Z"
        let batch = try await PlayedBatch { _, _, request in
            request.header("x-amz-date")?.hasPrefix("20231114T2213") == true
                ? .instead(PlayedBatch.error(403, code, message, headers: [("Date", "Tue, 14 Nov 2023 22:43:20 GMT")])) : nil
        }
        let ids = try await batch.executor().submit(.played(3))
        #expect(batch.jobs.count == 3)
        #expect(ids.count == 3)
        // Each call that was under way learns it by itself; later ones know.
        #expect(batch.calls("describejobqueues") == 2)
        #expect(batch.calls("submitjob") == 3)
    }

    @Test func aClockThatIsNotToBeHelped() async throws {
        let batch = try await PlayedBatch { _, _, _ in
            .instead(PlayedBatch.error(403, "RequestExpired", "expired", headers: [("Date", "Tue, 14 Nov 2023 22:43:20 GMT")]))
        }
        let error = await #expect(throws: ClusterError.self) { try await batch.executor().submit(.played()) }
        #expect(error?.fault == .forbidden)
        #expect(error?.help?.contains("clock") == true)
        #expect(batch.calls("describejobqueues") == 2)
    }

    /// Keys from a file that somebody renews.
    @Test func keysAreReadAnew() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("credentials")
        func keys(_ name: String) throws {
            try folder.write(
                "credentials", Array("[default]\naws_access_key_id = \(name)\naws_secret_access_key = the-secret\n".utf8))
        }
        try keys("AKIDOLD")
        let batch = try await PlayedBatch { operation, _, request in
            let isOld = request.header("authorization")?.contains("AKIDOLD") == true
            return operation == "submitjob" && isOld ? .instead(PlayedBatch.error(403, "ExpiredTokenException")) : nil
        }
        let executor = try batch.executor([
            "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SHARED_CREDENTIALS_FILE": file.string,
            "AWS_CONFIG_FILE": folder.path.appending("none").string,
        ])
        await #expect(throws: ClusterError.self) { try await executor.submit(.played()) }
        try keys("AKIDNEW")
        #expect(try await executor.submit(.played()).count == 1)
        #expect(batch.jobs.count == 1)
    }

    @Test func nobodyThere() async throws {
        let batch = try await PlayedBatch()
        let door = try ClosedPort()
        let executor = try batch.executor(["AWS_ENDPOINT_URL_BATCH": "http://127.0.0.1:\(door.port)"])
        let error = await #expect(throws: ClusterError.self) { try await executor.poll([JobID("x")]) }
        #expect(error?.fault == .unreachable)
        #expect(batch.state.pauses.count == 7)
    }

    // MARK: Hostile answers

    @Test(arguments: [
        #"{"jobs":7}"#, #"{"jobs":[7,null,{"jobId":5},{"jobId":"x"}]}"#, #"{"jobs":[{"jobId":"x","jobName":"n","status":["RUNNING"]}]}"#,
        #"{"jobs":[{"jobId":"another","jobName":"n","status":"FAILED"}]}"#, "{}",
        #"{"jobs":[{"jobId":"x","jobName":"n","status":"FAILED","container":[],"attempts":{},"startedAt":"now"}]}"#,
    ])
    func answersThatMakeLittleSense(_ text: String) async throws {
        let batch = try await PlayedBatch { operation, _, _ in operation == "describejobs" ? .instead(Reply(200, [], Array(text.utf8))) : nil }
        let states = try await batch.executor().poll([JobID("x")])
        #expect(states.keys.map(\.text) == ["x"])
        #expect(states[JobID("x")] == .unknown || states[JobID("x")] == .ended(JobEnding(.notStarted)))
        _ = try await batch.executor().describe(JobID("x"))
    }

    @Test func noiseThatStays() async throws {
        let batch = try await PlayedBatch { _, _, _ in .instead(Reply(200, [], Array("no JSON".utf8))) }
        let error = await #expect(throws: ClusterError.self) { try await batch.executor().poll([JobID("x")]) }
        #expect(error?.fault == .garbled)
    }

    @Test func pagesThatGoRoundInCircles() async throws {
        let batch = try await PlayedBatch { operation, _, _ in
            operation == "listjobs" ? .instead(Reply(200, [], Array(#"{"jobSummaryList":[],"nextToken":"again"}"#.utf8))) : nil
        }
        #expect(try await batch.executor().submit(.played()).count == 1)
        #expect(batch.calls("listjobs") == 2)
    }
}
