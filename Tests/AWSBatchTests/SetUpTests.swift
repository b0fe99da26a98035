import AWSBatch
import Clusters
import FlowModel
import SystemPackage
import TestSupport
import Testing

/// What is missing or does not fit is told before anything is submitted.
@Suite struct SetUpTests {
    private func refusal(
        _ group: JobGroup, _ change: (inout PlayedBatch.State) -> Void = { _ in }
    ) async throws -> ClusterError? {
        let batch = try await PlayedBatch()
        batch.change(change)
        let error = await #expect(throws: ClusterError.self) { try await batch.executor().submit(group) }
        #expect(batch.calls("submitjob") == 0)
        #expect(batch.calls("registerjobdefinition") == 0)
        return error
    }

    @Test func noQueueRoleOrImage() async throws {
        #expect(try await refusal(.played { $0.queue = nil })?.help == "name it with queue=, or set METAFLOW_BATCH_JOB_QUEUE")
        #expect(try await refusal(.played { $0.jobRole = nil })?.help == "name it with iam_role=, or set METAFLOW_ECS_S3_ACCESS_IAM_ROLE")
        var group = JobGroup.played()
        group.request.image = nil
        #expect(try await refusal(group)?.fault == .notSetUp)
        #expect(try await refusal(.played { $0.secrets = ["A": "arn:aws:ssm:r:1:parameter/a"] })?.message.contains("fetches the secrets") == true)
    }

    @Test func queuesThatTakeNothing() async throws {
        #expect(
            try await refusal(.played { $0.queue = "none" })?.message == "there is no job queue 'none' in AWS Batch (eu-test-1)")
        #expect(
            try await refusal(.played()) { $0.queues["queue"] = PlayedBatch.queue("queue", "environment", ["state": .string("DISABLED")]) }?.message
                == "the job queue 'queue' is disabled and takes no jobs")
        let invalid = PlayedBatch.queue(
            "queue", "environment", ["status": .string("INVALID"), "statusReason": .string("no environment is valid")])
        #expect(try await refusal(.played()) { $0.queues["queue"] = invalid }?.details == ["no environment is valid"])
        let ofKubernetes = JSONValue.object(["computeEnvironmentName": .string("environment"), "containerOrchestrationType": .string("EKS")])
        #expect(try await refusal(.played()) { $0.environments["environment"] = ofKubernetes }?.message.contains("EKS") == true)
        let empty = PlayedBatch.queue("queue", "environment", ["computeEnvironmentOrder": .array([])])
        #expect(try await refusal(.played()) { $0.queues["queue"] = empty }?.message == "the job queue 'queue' has no compute environment")
    }

    @Test func aQueueByItsARN() async throws {
        let batch = try await PlayedBatch()
        batch.change { $0.queues["arn:queue"] = PlayedBatch.queue("queue", "environment") }
        #expect(try await batch.executor().submit(.played { $0.queue = "arn:queue" }).count == 1)
        #expect(batch.jobs.first?.body["jobQueue"] == .string("arn:queue"))
    }

    /// An environment that somebody else manages says nothing of its machines.
    @Test func unmanagedEnvironmentsHaveInstances() async throws {
        let batch = try await PlayedBatch()
        batch.change { $0.environments["environment"] = .object(["computeEnvironmentName": .string("environment")]) }
        _ = try await batch.executor().submit(.played())
        #expect(batch.state.definitions.first?["platformCapabilities"] == .array([.string("EC2")]))
    }

    @Test func whatFargateDoesNotHave() async throws {
        func refusal(
            _ word: String, resources: ComputeResources = ComputeResources(), isGang: Bool = false,
            _ change: @escaping (inout BatchOptions) -> Void = { _ in }
        ) async throws {
            let group = JobGroup.played(2, isGang: isGang, resources: resources) { options in
                options.queue = "fargate"
                options.executionRole = "arn:aws:iam::1:role/agent"
                change(&options)
            }
            let error = try await self.refusal(group)
            #expect(error?.message.contains("is one of Fargate") == true)
            #expect(error?.message.contains(word) == true)
        }
        try await refusal("GPUs", resources: ComputeResources(gpu: 1))
        try await refusal("several nodes", isGang: true)
        try await refusal("tmpfs") { $0.memoryDisk = .init() }
        try await refusal("Inferentia") { $0.neuronDevices = 1 }
        try await refusal("Elastic Fabric") { $0.networkAdapters = 1 }
        try await refusal("folders of a host") { $0.hostVolumes = [.init(source: "/a", path: "/a")] }
        try await refusal("privileged") { $0.isPrivileged = true }
        try await refusal("no role in which it fetches images") { $0.executionRole = nil }
    }

    @Test func whatInstancesDoNotHave() async throws {
        #expect(try await refusal(.played { $0.ephemeralStorage = 30 })?.message.contains("is for Fargate alone") == true)
    }

    @Test func timeLimits() async throws {
        #expect(
            try await refusal(.played(timeLimit: .seconds(59)))?.message
                == "step 'train' may take 59 seconds, and AWS Batch allows no limit below 60")
        let batch = try await PlayedBatch()
        _ = try await batch.executor().submit(.played(timeLimit: .milliseconds(60_500)))
        #expect(batch.jobs.first?.body["timeout"]?["attemptDurationSeconds"] == .integer(61))
    }

    // MARK: Where AWS is

    @Test func withoutARegion() throws {
        let error = #expect(throws: ClusterError.self) {
            try BatchExecutor(environment: ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"])
        }
        #expect(error?.fault == .notSetUp)
        #expect(error?.message == "AWS Batch cannot be used: nothing names a region; set AWS_REGION, or region in ~/.aws/config")
    }

    @Test func withoutCredentials() async throws {
        let batch = try await PlayedBatch()
        let executor = try batch.executor([
            "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true",
        ])
        let error = await #expect(throws: ClusterError.self) { try await executor.submit(.played()) }
        #expect(error?.fault == .notSetUp)
        #expect(error?.message.hasPrefix("there are no usable credentials for AWS Batch: none were found") == true)
        #expect(batch.server.requests.isEmpty)
    }

    @Test(arguments: ["ftp://batch.example", "batch", "http://user:word@batch.example"])
    func addressesThatAreNone(_ address: String) throws {
        let error = #expect(throws: ClusterError.self) {
            try BatchExecutor(environment: ["AWS_ENDPOINT_URL_BATCH": address, "AWS_REGION": "r"])
        }
        #expect(error?.fault == .notSetUp)
        #expect(error?.message.contains("AWS_ENDPOINT_URL_BATCH names it as the batch service") == true)
        #expect(error?.message.contains("word") == false)
    }

    @Test func profilesSayWhere() async throws {
        let batch = try await PlayedBatch()
        let folder = try TemporaryFolder()
        let settings = """
            [profile team]
            region = eu-profile-1
            services = own
            aws_access_key_id = AKIDPROFILE
            aws_secret_access_key = the-secret
            [services own]
            batch =
              endpoint_url = \(batch.server.url)
            """
        try folder.write("config", Array(settings.utf8))
        let executor = try batch.executor([
            "AWS_ENDPOINT_URL_BATCH": "", "AWS_REGION": "", "AWS_PROFILE": "team", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "",
            "AWS_CONFIG_FILE": folder.path.appending("config").string, "AWS_SHARED_CREDENTIALS_FILE": folder.path.appending("none").string,
            // A role for the datastore's bucket is none for Batch.
            "PENSTOCK_S3_ROLE": "arn:aws:iam::1:role/bucket", "METAFLOW_S3_ENDPOINT_URL": "no address",
        ])
        _ = try await executor.submit(.played())
        #expect(batch.server.requests.allSatisfy { $0.header("authorization")?.contains("AKIDPROFILE/20231114/eu-profile-1/batch/") == true })
    }

    // MARK: Queues that may not be listed

    @Test func jobsAreLookedForInTheOwnQueueIfNeedBe() async throws {
        let batch = try await PlayedBatch { operation, _, request in
            let isOpen = operation == "describejobqueues" && !String(decoding: request.body, as: UTF8.self).contains("jobQueues")
            return isOpen ? .instead(PlayedBatch.error(403, "AccessDeniedException")) : nil
        }
        let executor = try batch.executor()
        let ids = try await executor.submit(.played(2))
        #expect(try await executor.jobs(of: "TrainFlow/1763900000000000").map(\.id) == ids)
        // Another engine has no queue but the usual one.
        #expect(try await batch.executor(usualQueue: "queue").jobs(of: "TrainFlow/1763900000000000").map(\.id) == ids)
        let error = await #expect(throws: ClusterError.self) { try await batch.executor().jobs(of: "TrainFlow/1763900000000000") }
        #expect(error?.fault == .forbidden)
        #expect(error?.help == "the IAM policy of your user or role has to allow batch:DescribeJobQueues")
    }
}
