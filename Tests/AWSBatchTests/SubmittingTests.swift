import AWSBatch
import Clusters
import FlowModel
import TestSupport
import Testing

/// What is submitted, and that it is submitted once.
@Suite struct SubmittingTests {
    @Test func aGroupBecomesJobs() async throws {
        let batch = try await PlayedBatch()
        let executor = try batch.executor()
        #expect(executor.name == "batch")
        #expect(executor.groupLimit == 1000)
        let ids = try await executor.submit(.played(30, number: 7, resources: ComputeResources(cpu: 1.5, memory: 600, gpu: 1)))
        #expect(Set(ids).count == 30)
        let jobs = batch.jobs
        // A job's place in the group is that of its id, in whatever order the submissions came.
        for (index, id) in ids.enumerated() {
            let job = try #require(jobs.first { $0.id == id.text })
            let overrides = job.body["containerOverrides"]
            #expect(
                overrides?["environment"]?.byName == [
                    "A": "1", "PENSTOCK_JOB_INDEX": "\(index)", "PENSTOCK_JOB_HEAD": "orders=here\n", "AWS_DEFAULT_REGION": "eu-test-1",
                ])
            #expect(overrides?["resourceRequirements"]?.byType == ["VCPU": "2", "MEMORY": "600", "GPU": "1"])
            #expect(job.name.hasPrefix("TrainFlow-1763900000000000-"))
            #expect(job.name.hasSuffix("-7-\(index)-train"))
            #expect(job.body["parameters"]?["metaflow.task_id"] == .string("\(index + 2)"))
        }
        let first = try #require(jobs.first?.body)
        #expect(first["timeout"]?["attemptDurationSeconds"] == .integer(5 * 86400))
        #expect(first["retryStrategy"]?["attempts"] == .integer(1))
        #expect(first["arrayProperties"] == nil)
        #expect(first["jobQueue"] == .string("queue"))
        #expect(first["tags"] == nil)
        #expect(batch.calls("registerjobdefinition") == 1)
        #expect(batch.state.definitions.first?["platformCapabilities"] == .array([.string("EC2")]))
    }

    @Test func requestsAreSigned() async throws {
        let batch = try await PlayedBatch()
        _ = try await batch.executor(["AWS_SESSION_TOKEN": "the-token"]).submit(.played())
        for request in batch.server.requests {
            let signature = try #require(request.header("authorization"))
            #expect(signature.contains("Credential=AKIDTEST/20231114/eu-test-1/batch/aws4_request"))
            #expect(request.header("x-amz-security-token") == "the-token")
            #expect(request.header("content-type") == "application/json")
            #expect(!request.headers.contains { $0.value.contains("the-secret") })
        }
    }

    @Test func theSameGroupTwiceGivesTheSameJobs() async throws {
        let batch = try await PlayedBatch()
        batch.change { $0.page = 7 }
        let ids = try await batch.executor().submit(.played(20, number: 3))
        // Another engine, which knows nothing.
        #expect(try await batch.executor().submit(.played(20, number: 3)) == ids)
        #expect(batch.jobs.count == 20)
        #expect(batch.calls("registerjobdefinition") == 1)
        // Also when they are over.
        batch.change { state in for place in state.jobs.indices { state.jobs[place].status = "FAILED" } }
        #expect(try await batch.executor().submit(.played(20, number: 3)) == ids)
        #expect(batch.jobs.count == 20)
    }

    @Test func anEngineThatWasKilledMidwayIsContinued() async throws {
        let batch = try await PlayedBatch()
        let ids = try await batch.executor().submit(.played(20, number: 3))
        batch.change { state in state.jobs.removeAll { $0.name.hasSuffix("-3-4-train") || $0.name.hasSuffix("-3-11-train") } }
        let again = try await batch.executor().submit(.played(20, number: 3))
        #expect(batch.jobs.count == 20)
        #expect(zip(ids, again).filter { $0 != $1 }.count <= 2)
        #expect(Set(again) == Set(batch.jobs.map { JobID($0.id) }))
    }

    /// Runs whose names differ in their case alone, or go on where others end, and groups whose numbers begin alike.
    @Test func otherGroupsAreOthers() async throws {
        let batch = try await PlayedBatch()
        let executor = try batch.executor()
        let groups = [
            JobGroup.played(2, number: 1), .played(2, number: 11), .played(2, number: 1, run: "trainflow/1763900000000000"),
            .played(2, number: 1, run: "TrainFlow/17639000000000001"), .played(2, number: 1, run: "TrainFlow_1763900000000000/1"),
        ]
        var all: [[JobID]] = []
        for group in groups { all.append(try await executor.submit(group)) }
        #expect(Set(all.joined()).count == 10)
        for (group, ids) in zip(groups, all) { #expect(try await executor.submit(group) == ids) }
        let found = try await executor.jobs(of: "TrainFlow/1763900000000000")
        #expect(found.map(\.id) == all[0] + all[1])
        #expect(found.map(\.group.number) == [1, 1, 11, 11])
        #expect(found.map(\.index) == [0, 1, 0, 1])
    }

    @Test func longAndOddNamesAreJobNames() async throws {
        let batch = try await PlayedBatch()
        let run = "_" + String(repeating: "Long", count: 40) + "/é run.1"
        let group = JobGroup.played(2, run: run)
        let ids = try await batch.executor().submit(group)
        #expect(try await batch.executor().submit(group) == ids)
        for job in batch.jobs {
            #expect(job.name.utf8.count <= 128)
            #expect(job.name.first?.isLetter == true)
            #expect(job.name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        }
        #expect(try await batch.executor().jobs(of: run).map(\.id) == ids)
    }

    // MARK: Definitions

    @Test func definitionsAreReused() async throws {
        let batch = try await PlayedBatch()
        let executor = try batch.executor()
        _ = try await executor.submit(.played(number: 0))
        // Resources and the head of the program are no part of it.
        _ = try await executor.submit(
            .played(number: 1, resources: ComputeResources(cpu: 4), program: NodeProgram(head: "orders=there\n", body: "exec true\n")))
        _ = try await batch.executor().submit(.played(number: 2, run: "Other/1"))
        #expect(batch.state.definitions.count == 1)
        _ = try await executor.submit(.played(number: 3) { $0.isPrivileged = true })
        #expect(batch.state.definitions.count == 2)
        let names = batch.state.definitions.compactMap { $0["jobDefinitionName"]?.plain }
        #expect(names.allSatisfy { $0.hasPrefix("penstock_") && $0.utf8.count <= 128 })
    }

    @Test func aDefinitionThatSomebodyHasChangedIsNotUsed() async throws {
        let batch = try await PlayedBatch()
        _ = try await batch.executor().submit(.played(number: 0))
        batch.change { state in
            guard case .object(var members) = state.definitions[0], case .object(var container)? = members["containerProperties"] else { return }
            container["image"] = .string("another:1")
            members["containerProperties"] = .object(container)
            state.definitions[0] = .object(members)
        }
        _ = try await batch.executor().submit(.played(number: 1))
        #expect(batch.state.definitions.count == 2)
        #expect(batch.jobs.last?.body["jobDefinition"] == batch.state.definitions[1]["jobDefinitionArn"])
        // And one that was taken away is registered anew.
        batch.change { state in
            for place in state.definitions.indices {
                guard case .object(var members) = state.definitions[place] else { continue }
                members["status"] = .string("INACTIVE")
                state.definitions[place] = .object(members)
            }
        }
        _ = try await batch.executor().submit(.played(number: 2))
        #expect(batch.state.definitions.count == 3)
    }

    @Test func everyOptionIsInTheDefinition() async throws {
        let batch = try await PlayedBatch()
        let group = JobGroup.played(resources: ComputeResources(memory: 1000, sharedMemory: 64)) { options in
            options.executionRole = "arn:aws:iam::1:role/agent"
            options.maxSwap = 2048
            options.swappiness = 10
            options.memoryDisk = .init()
            options.neuronDevices = 2
            options.networkAdapters = 3
            options.hostVolumes = [.init(source: "/data.set", path: "/data.set"), .init(source: "/data.set", path: "/two")]
            options.sharedVolumes = [.init(source: "fs-1", path: "/mnt/fs-1")]
            options.logDriver = "awslogs"
            options.logOptions = ["awslogs-group": "/a:b"]
            options.isPrivileged = true
            options.secrets = ["TOKEN": "arn:aws:secretsmanager:r:1:secret:t", "A": "arn:aws:ssm:r:1:parameter/a"]
            options.tags = ["team": "pricing"]
        }
        _ = try await batch.executor().submit(group)
        let container = try #require(batch.state.definitions.first?["containerProperties"])
        #expect(container["image"] == .string("python:3.11"))
        #expect(container["jobRoleArn"] == .string("arn:aws:iam::1:role/tasks"))
        #expect(container["executionRoleArn"] == .string("arn:aws:iam::1:role/agent"))
        #expect(container["privileged"] == .bool(true))
        #expect(
            container["linuxParameters"]?.json
                == #"{"devices":[{"containerPath":"/dev/neuron0","hostPath":"/dev/neuron0","permissions":["READ","WRITE"]},"#
                + #"{"containerPath":"/dev/neuron1","hostPath":"/dev/neuron1","permissions":["READ","WRITE"]},"#
                + #"{"hostPath":"/dev/infiniband/uverbs0"}],"maxSwap":2048,"sharedMemorySize":64,"swappiness":10,"#
                + #""tmpfs":[{"containerPath":"/metaflow_temp","mountOptions":["defaults"],"size":500}]}"#)
        #expect(
            container["volumes"]?.json
                == #"[{"host":{"sourcePath":"/data.set"},"name":"host0"},{"host":{"sourcePath":"/data.set"},"name":"host1"},"#
                + #"{"efsVolumeConfiguration":{"fileSystemId":"fs-1","transitEncryption":"ENABLED"},"name":"efs0"}]"#)
        #expect(
            container["mountPoints"]?.json
                == #"[{"containerPath":"/data.set","sourceVolume":"host0"},{"containerPath":"/two","sourceVolume":"host1"},"#
                + #"{"containerPath":"/mnt/fs-1","sourceVolume":"efs0"}]"#)
        #expect(container["logConfiguration"]?.json == #"{"logDriver":"awslogs","options":{"awslogs-group":"/a:b"}}"#)
        #expect(
            container["secrets"]?.json
                == #"[{"name":"A","valueFrom":"arn:aws:ssm:r:1:parameter/a"},{"name":"TOKEN","valueFrom":"arn:aws:secretsmanager:r:1:secret:t"}]"#)
        let job = try #require(batch.jobs.first?.body)
        #expect(job["tags"]?.json == #"{"team":"pricing"}"#)
        let variables = job["containerOverrides"]?["environment"]?.byName
        #expect(variables?["METAFLOW_TEMPDIR"] == "/metaflow_temp")
        // It comes from the secret.
        #expect(variables?["A"] == nil)
    }

    @Test func aQueueOfFargate() async throws {
        let batch = try await PlayedBatch()
        let group = JobGroup.played(resources: ComputeResources(cpu: 0.5, memory: 1024, sharedMemory: 64)) { options in
            options.queue = "fargate"
            options.executionRole = "arn:aws:iam::1:role/agent"
            options.ephemeralStorage = 30
            options.maxSwap = 5
        }
        _ = try await batch.executor().submit(group)
        let definition = try #require(batch.state.definitions.first)
        let container = definition["containerProperties"]
        #expect(definition["platformCapabilities"] == .array([.string("FARGATE")]))
        #expect(container?["networkConfiguration"]?.json == #"{"assignPublicIp":"ENABLED"}"#)
        #expect(container?["ephemeralStorage"]?.json == #"{"sizeInGiB":30}"#)
        #expect(container?["linuxParameters"] == nil)
        #expect(batch.jobs.first?.body["containerOverrides"]?["resourceRequirements"]?.byType == ["VCPU": "0.5", "MEMORY": "1024"])
    }

    @Test func tagsOfTheRunWhereTheyAreWanted() async throws {
        let batch = try await PlayedBatch()
        _ = try await batch.executor().submit(
            .played { options in
                options.addsTags = true
                options.tags = ["app": "mine"]
            })
        #expect(
            batch.jobs.first?.body["tags"] == .object([
                "app": .string("mine"), "metaflow.flow_name": .string("TrainFlow"), "metaflow.run_id": .string("1763900000000000"),
                "metaflow.step_name": .string("train"), "metaflow.user": .string("ada"),
            ]))
    }

    // MARK: Gangs

    @Test func aGangIsOneJobOfSeveralNodes() async throws {
        let batch = try await PlayedBatch()
        let group = JobGroup.played(3, number: 2, isGang: true) { $0.networkAdapters = 2 }
        let ids = try await batch.executor().submit(group)
        let job = try #require(batch.jobs.first)
        #expect(batch.jobs.count == 1)
        #expect(ids.map(\.text) == (0..<3).map { "\(job.id)#\($0)" })
        let definition = try #require(batch.state.definitions.first)
        #expect(definition["type"] == .string("multinode"))
        #expect(definition["nodeProperties"]?["numNodes"] == .integer(3))
        #expect(definition["nodeProperties"]?["mainNode"] == .integer(0))
        let range = try #require(definition["nodeProperties"]?["nodeRangeProperties"]?.list.first)
        #expect(range["targetNodes"] == .string("0:2"))
        #expect(range["container"]?["linuxParameters"]?["devices"]?.list.count == 2)
        let overrides = try #require(job.body["nodeOverrides"]?["nodePropertyOverrides"]?.list.first)
        #expect(overrides["targetNodes"] == .string("0:2"))
        #expect(job.body["containerOverrides"] == nil)
        let variables = overrides["containerOverrides"]?["environment"]?.byName
        #expect(variables?["PENSTOCK_GANG_SIZE"] == "3")
        #expect(variables?["PENSTOCK_JOB_INDEX"] == nil)
        // Another engine finds it, and its nodes.
        #expect(try await batch.executor().submit(group) == ids)
        let found = try await batch.executor().jobs(of: group.key.run)
        #expect(found.map(\.id) == ids)
        #expect(found.map(\.index) == [0, 1, 2])
        // The job's word counts until a node is known by itself.
        #expect(try await batch.executor().poll(ids) == Dictionary(uniqueKeysWithValues: ids.map { ($0, .pending(reason: "SUBMITTED")) }))
        let node = PlayedBatch.Job(id: ids[1].text, body: .object(["jobName": .string("a node")]), status: "SUCCEEDED")
        batch.change { state in
            state.jobs[0].status = "RUNNING"
            state.jobs.append(node)
        }
        #expect(
            try await batch.executor().poll(ids) == [
                ids[0]: .running(node: nil), ids[1]: .ended(JobEnding(.completed)), ids[2]: .running(node: nil),
            ])
        try await batch.executor().cancel(ids)
        #expect(batch.calls("terminatejob") == 1)
        #expect(batch.jobs[0].status == "FAILED")
    }

    // MARK: Variables

    /// Whoever may look at jobs reads them.
    @Test func credentialsDoNotTravel() async throws {
        let batch = try await PlayedBatch()
        let variables = [
            "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "x", "AWS_PROFILE": "x", "AWS_ROLE_ARN": "x",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "x", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "x", "AWS_BATCH_JOB_ID": "x", "AWS_CONFIG_FILE": "x",
            "AWS_ENDPOINT_URL_S3": "https://s3.example", "AWS_REGION": "eu-other-1", "MINE": "1",
        ]
        _ = try await batch.executor().submit(.played(program: NodeProgram(script: "exec true\n", variables: variables)))
        #expect(
            batch.jobs.first?.body["containerOverrides"]?["environment"]?.byName == [
                "AWS_ENDPOINT_URL_S3": "https://s3.example", "AWS_REGION": "eu-other-1", "MINE": "1", "PENSTOCK_JOB_INDEX": "0",
                "PENSTOCK_JOB_HEAD": "",
            ])
    }

    @Test func variablesThatAreTooLongAreTold() async throws {
        let batch = try await PlayedBatch()
        let program = NodeProgram(script: "exec true\n", variables: ["LONG": String(repeating: "x", count: 8200)])
        let error = await #expect(throws: ClusterError.self) { try await batch.executor().submit(.played(program: program)) }
        #expect(error?.fault == .refused)
        #expect(error?.message.hasPrefix("the variables of step 'train' take 84") == true)
        #expect(batch.jobs.isEmpty)
    }
}
