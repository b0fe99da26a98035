import FlowModel
import TestSupport
import Testing

/// What `@slurm` asks for, and what it may not say.
@Suite struct SlurmDecoratorTests {
    private func start(_ attributes: [String: JSONValue], with specs: String...) throws -> SlurmOptions? {
        var description = FlowDescription(sketch: "start -> end; end")
        if !attributes.isEmpty { description.steps[0].decorators = [DecoratorDescription(name: "slurm", attributes: attributes, line: 9)] }
        let graph = try FlowGraph(validating: description, adding: specs.map { try DecoratorSpec(parsing: $0) })
        guard case .slurm(let options)? = graph["start"]?.decorators.compute?.place else { return nil }
        return options
    }

    @Test func everything() throws {
        let read = try start([
            "partition": .array([.string("gpu"), .string("cpu")]), "account": .integer(1234), "qos": .string(" high "), "time": .string("1:30:00"),
            "constraint": .string("a100&ib"), "nodelist": .string("n[1-4,7]"), "exclude": .array([.string("n1")]), "gres": .string("gpu:a100:2"),
            "reservation": .string("r"), "licenses": .string("ansys:2"), "exclusive": .string("user"), "nice": .string("-3"),
            "comment": .string("two words"), "mail_user": .string("a@b"), "mail_type": .string("END,FAIL"),
            "extra": .array([.string("--no-requeue"), .string("--switches=1@0:10")]),
        ])
        var wanted = SlurmOptions()
        wanted.partition = "gpu,cpu"
        wanted.account = "1234"
        wanted.qos = "high"
        wanted.timeLimit = .seconds(5400)
        wanted.constraint = "a100&ib"
        wanted.nodelist = "n[1-4,7]"
        wanted.exclude = "n1"
        wanted.gres = "gpu:a100:2"
        wanted.reservation = "r"
        wanted.licenses = "ansys:2"
        wanted.exclusive = .user
        wanted.nice = -3
        wanted.comment = "two words"
        wanted.mailUser = "a@b"
        wanted.mailType = "END,FAIL"
        wanted.extra = ["--no-requeue", "--switches=1@0:10"]
        #expect(read == wanted)
    }

    @Test func nothing() throws {
        #expect(try start(["exclusive": .bool(false), "partition": .null]) == SlurmOptions())
        #expect(try start([:]) == nil)
    }

    @Test func ofTheCommandLine() throws {
        let read = try start([:], with: "slurm:partition=a,b,time=90,nodelist=n[1-2],exclusive=True,extra=--no-requeue")
        #expect(read?.partition == "a,b")
        #expect(read?.timeLimit == .seconds(5400))
        #expect(read?.nodelist == "n[1-2]")
        #expect(read?.exclusive == .node)
        #expect(read?.extra == ["--no-requeue"])
    }

    @Test(arguments: [
        ("partition", .string("")), ("partition", .string("a b")), ("partition", .string("-a")), ("partition", .string("a\nb")), ("partition", .array([])),
        ("partition", .array([.string("a"), .string("-b")])), ("account", .bool(true)), ("account", .array([.string("a")])), ("qos", .number(1.5)),
        ("comment", .string("a\nb")), ("comment", .string("a\u{0}b")), ("time", .string("soon")), ("time", .integer(0)), ("time", .integer(-5)), ("time", .bool(true)),
        ("exclusive", .string("node")), ("exclusive", .integer(2)), ("nice", .string("x")), ("nice", .integer(3_000_000_000)),
        ("extra", .string("-p x")), ("extra", .string("no-requeue")), ("extra", .string("--a\n--b")), ("extra", .integer(1)), ("extra", .string("--")), ("extra", .string("--=x")),
    ] as [(String, JSONValue)])
    func wrong(attribute: String, value: JSONValue) throws {
        #expect { try start([attribute: value]) } throws: { error in
            let finding = (error as? FlowErrors)?.findings.first
            return finding?.message == "@slurm of step 'start' has \(attribute)=\(value)" && finding?.help.isEmpty == false && finding?.line == 9
        }
    }

    /// Options that have an attribute, or that Penstock sets; also when they are cut short, as sbatch takes them.
    @Test(arguments: [
        ("--partition=gpu", "write it as partition=..."), ("--mem=5G", "write it as memory=..."), ("--array=0-9", "remove it"), ("--arr=0-9", "remove it"),
        ("--wrap=id", "remove it"), ("--export=NONE", "remove it"), ("--output=x", "remove it"), ("--time=5", "write it as time=..."), ("--part=x", "write it as partition=..."),
    ])
    func ownOptions(option: String, help: String) throws {
        #expect { try start(["extra": .array([.string(option)])]) } throws: { ($0 as? FlowErrors)?.findings.first?.help == help }
    }

    @Test func unknownAttribute() throws {
        #expect { try start(["nodes": .integer(2)]) } throws: { ($0 as? FlowErrors)?.findings.first?.message == "@slurm of step 'start' has no attribute 'nodes'" }
    }
}
