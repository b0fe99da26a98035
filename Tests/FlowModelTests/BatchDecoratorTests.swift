import Diagnostics
import FlowModel
import TestSupport
import Testing

/// What `@batch` asks for besides what all clusters have, and what it may not say.
@Suite struct BatchDecoratorTests {
    private func graph(_ attributes: [String: JSONValue], with specs: [String] = []) throws -> FlowGraph {
        var flow = FlowDescription(sketch: "start -> end; end")
        if specs.isEmpty { flow.steps[0].decorators = [DecoratorDescription(name: "batch", attributes: attributes, line: 9)] }
        return try FlowGraph(validating: flow, adding: specs.map { try DecoratorSpec(parsing: $0) })
    }

    private func options(_ attributes: [String: JSONValue], with specs: String...) throws -> BatchOptions? {
        guard case .batch(let options)? = try graph(attributes, with: specs)["start"]?.decorators.compute?.place else { return nil }
        return options
    }

    private func made(_ change: (inout BatchOptions) -> Void) -> BatchOptions {
        var options = BatchOptions()
        change(&options)
        return options
    }

    @Test func nothing() throws {
        #expect(try options([:]) == BatchOptions())
        let empty: [String: JSONValue] = [
            "queue": .string(""), "iam_role": .null, "use_tmpfs": .bool(false), "tmpfs_path": .string("/metaflow_temp"),
            "tmpfs_tempdir": .bool(true), "host_volumes": .string(""), "log_options": .null, "efa": .integer(0), "privileged": .bool(false),
        ]
        #expect(try options(empty) == BatchOptions())
    }

    @Test func rolesAndQueue() throws {
        let read = try options(["queue": .string("q"), "iam_role": .string("r"), "execution_role": .string("e"), "privileged": .string("true")])
        let expected = made { options in
            options.queue = "q"
            options.jobRole = "r"
            options.executionRole = "e"
            options.isPrivileged = true
        }
        #expect(read == expected)
    }

    /// Numbers may be texts, as on the command line.
    @Test(arguments: [
        [:], ["use_tmpfs": .bool(true)], ["use_tmpfs": .string("True"), "tmpfs_size": .string("512")], ["tmpfs_size": .integer(512)],
        ["use_tmpfs": .bool(true), "tmpfs_path": .string("/scratch"), "tmpfs_tempdir": .bool(false)],
    ] as [[String: JSONValue]])
    func memoryDisks(_ attributes: [String: JSONValue]) throws {
        let disk = try options(attributes)?.memoryDisk
        #expect((disk != nil) == !attributes.isEmpty)
        #expect(disk?.size == (attributes["tmpfs_size"] == nil ? nil : 512))
        #expect(disk?.path == (attributes.isEmpty ? nil : attributes["tmpfs_path"] == nil ? "/metaflow_temp" : "/scratch"))
        #expect(disk?.isForTemporaryFiles == (attributes.isEmpty ? nil : attributes["tmpfs_tempdir"] == nil))
    }

    @Test(arguments: ["inferentia", "trainium"])
    func neuronDevices(_ name: String) throws {
        #expect(try options([name: .integer(4)])?.neuronDevices == 4)
    }

    @Test func volumes() throws {
        let read = try options([
            "host_volumes": .array([.string("/home"), .string("/data:/mnt/data")]), "efs_volumes": .string("fs-1"),
        ])
        #expect(read?.hostVolumes == [.init(source: "/home", path: "/home"), .init(source: "/data", path: "/mnt/data")])
        #expect(read?.sharedVolumes == [.init(source: "fs-1", path: "/mnt/fs-1")])
        #expect(try options(["efs_volumes": .array([.string("fs-1:/shared")])])?.sharedVolumes == [.init(source: "fs-1", path: "/shared")])
    }

    @Test func theRest() throws {
        let read = try options([
            "max_swap": .integer(100), "swappiness": .string("0"), "efa": .integer(2), "ephemeral_storage": .integer(21),
            "log_driver": .string("awslogs"), "log_options": .array([.string("awslogs-group:/a:b"), .string("x:")]),
            "aws_batch_tags": .object(["Team name": .string("é=1/2"), "empty": .string("")]),
            "secrets": .object(["TOKEN": .string("arn:aws:secretsmanager:r:1:secret:t"), "_B": .string("arn:aws-cn:ssm:r:1:parameter/b")]),
        ])
        let expected = made { options in
            options.maxSwap = 100
            options.swappiness = 0
            options.networkAdapters = 2
            options.ephemeralStorage = 21
            options.logDriver = "awslogs"
            options.logOptions = ["awslogs-group": "/a:b", "x": ""]
            options.tags = ["Team name": "é=1/2", "empty": ""]
            options.secrets = ["TOKEN": "arn:aws:secretsmanager:r:1:secret:t", "_B": "arn:aws-cn:ssm:r:1:parameter/b"]
        }
        #expect(read == expected)
    }

    @Test func fromTheCommandLine() throws {
        let read = try options([:], with: "batch:queue=q,max_swap=5,host_volumes=/a:/b,use_tmpfs=True,cpu=2")
        #expect(read?.queue == "q")
        #expect(read?.maxSwap == 5)
        #expect(read?.hostVolumes == [.init(source: "/a", path: "/b")])
        #expect(read?.memoryDisk == .init())
    }

    @Test(arguments: [
        (["inferentia": .integer(1), "trainium": .integer(1)], "has both inferentia and trainium"),
        (["tmpfs_path": .string("scratch")], "has tmpfs_path='scratch'"),
        (["ephemeral_storage": .integer(20)], "has ephemeral_storage=20"),
        (["ephemeral_storage": .integer(201)], "has ephemeral_storage=201"),
        (["swappiness": .integer(101), "max_swap": .integer(1)], "has swappiness=101"),
        (["max_swap": .integer(-1)], "has max_swap=-1"),
        (["efa": .string("many")], "has efa='many'"),
        (["queue": .integer(1)], "has queue=1"),
        (["privileged": .string("perhaps")], "has privileged='perhaps'"),
        (["host_volumes": .string("data")], "has 'data' in host_volumes"),
        (["host_volumes": .string("/data:mnt")], "has '/data:mnt' in host_volumes"),
        (["host_volumes": .array([.string("/a"), .string("/b:/a")])], "puts two host_volumes at /a"),
        (["host_volumes": .integer(1)], "has host_volumes=1"),
        (["efs_volumes": .string("/fs")], "has '/fs' in efs_volumes"),
        (["log_options": .string("group")], "has 'group' in log_options"),
        (["log_options": .string(":group")], "has ':group' in log_options"),
        (["aws_batch_tags": .string("a=b")], "has aws_batch_tags='a=b'"),
        (["aws_batch_tags": .object(["a": .integer(1)])], "has the tag 'a' with the value 1"),
        (["aws_batch_tags": .object(["AWS:a": .string("1")])], "has the tag 'AWS:a', which begins with 'aws:', which AWS keeps for itself"),
        (["aws_batch_tags": .object(["a": .string("1;2")])],
            "has the tag 'a', which has a character besides letters, digits, spaces and + - = . _ : / @"),
        (["aws_batch_tags": .object(["a": .string(String(repeating: "x", count: 257))])],
            "has the tag 'a', which has a value of more than 256 characters"),
        (["secrets": .array([])], "has secrets=[]"),
        (["secrets": .object(["AWS_BATCH_X": .string("arn:aws:ssm:r:1:parameter/b")])],
            "has something in secrets for 'AWS_BATCH_X' that is no ARN of a secret"),
        (["nodes": .integer(1)], "has no attribute 'nodes'"),
    ] as [([String: JSONValue], String)])
    func whatItMayNotSay(attributes: [String: JSONValue], message: String) throws {
        let errors = #expect(throws: FlowErrors.self) { try graph(attributes) }
        #expect(errors?.findings.map(\.message) == ["@batch of step 'start' \(message)"])
        #expect(errors?.findings.first?.line == 9)
    }

    /// What was put there instead of an ARN may be the secret itself.
    @Test func secretsAreNotTold() throws {
        let errors = #expect(throws: FlowErrors.self) { try graph(["secrets": .object(["TOKEN": .string("hunter2")])]) }
        #expect(errors?.findings.count == 1)
        #expect(errors?.findings.contains { $0.message.contains("hunter2") || $0.help.contains("hunter2") } == false)
    }

    // MARK: Settings

    @Test func settingsStandIn() throws {
        let settings = try BatchSettings([
            "METAFLOW_BATCH_JOB_QUEUE": "theirs", "PENSTOCK_BATCH_JOB_QUEUE": "ours", "METAFLOW_ECS_S3_ACCESS_IAM_ROLE": "tasks",
            "METAFLOW_ECS_FARGATE_EXECUTION_ROLE": "agent", "METAFLOW_BATCH_DEFAULT_TAGS": #"{"team": "all", "floor": "3"}"#,
            "METAFLOW_BATCH_EMIT_TAGS": "True", "PENSTOCK_BATCH_ASSIGN_PUBLIC_IP": "no",
        ])
        let own = made { options in
            options.jobRole = "mine"
            options.tags = ["team": "mine"]
        }
        let expected = made { options in
            options.queue = "ours"
            options.jobRole = "mine"
            options.executionRole = "agent"
            options.tags = ["team": "mine", "floor": "3"]
            options.addsTags = true
            options.hasPublicAddress = false
        }
        #expect(own.completed(by: settings) == expected)
        #expect(try BatchOptions().completed(by: BatchSettings(["METAFLOW_BATCH_JOB_QUEUE": ""])) == BatchOptions())
    }

    @Test(arguments: [
        ("METAFLOW_BATCH_DEFAULT_TAGS", "team=all", "METAFLOW_BATCH_DEFAULT_TAGS is 'team=all'"),
        ("PENSTOCK_BATCH_DEFAULT_TAGS", #"{"a": 1}"#, #"PENSTOCK_BATCH_DEFAULT_TAGS is '{"a": 1}'"#),
        ("METAFLOW_BATCH_DEFAULT_TAGS", #"{"aws:a": "1"}"#,
            #"METAFLOW_BATCH_DEFAULT_TAGS is '{"aws:a": "1"}', and its tag 'aws:a' begins with 'aws:', which AWS keeps for itself"#),
        ("METAFLOW_BATCH_EMIT_TAGS", "perhaps", "METAFLOW_BATCH_EMIT_TAGS is 'perhaps'"),
    ])
    func settingsThatCannotBeUsed(variable: String, value: String, message: String) {
        let error = #expect(throws: BatchSettingError.self) { try BatchSettings([variable: value]) }
        #expect(error?.diagnostic.headline == message)
    }
}
