import Clusters
import Digests
import FlowModel
import FoundationEssentials
import Nodes
import ObjectStores
import Remotes
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The script that brings the engine to a node, run by real shells.
@Suite struct BootstrapTests {
    /// A shell, as words of a command line.
    struct Shell: Sendable, CustomTestStringConvertible {
        var words: [String]
        var testDescription: String { words.joined(separator: " ") }

        static let all = [Shell(words: ["/bin/dash"]), Shell(words: ["/bin/busybox", "sh"]), Shell(words: ["/bin/bash"])].filter {
            FileManager.default.isExecutableFile(atPath: $0.words[0])
        }
        static let first = all[0]
    }

    @Test(arguments: Shell.all) func fromAFolderWithAnOddName(_ shell: Shell) async throws {
        let bench = try Bench(named: "it's a \"store\" of $HOME")
        let outcome = try await bench.run(shell, bench.mounted())
        #expect(outcome.code == 0 && outcome.error == "")
        #expect(outcome.output == "node-task --datastore \(bench.address) --orders attempts/F/1/000000/orders\ncache \(bench.cache)\nurl \n")
        // The second time it is there.
        try bench.removeStore()
        #expect(try await bench.run(shell, bench.mounted()).code == 0)
        #expect(bench.leftovers == [])
    }

    @Test(arguments: ["curl", "wget", "python3"]) func byEachFetcher(_ fetcher: String) async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: [fetcher]) else { return }
        let server = try await LoopbackServer { _ in LoopbackServer.Reply(200, [], Bench.engine) }
        let outcome = try await bench.run(.first, bench.served(server.url), path: tools)
        #expect(outcome.code == 0, "\(outcome)")
        // The address is for this script alone.
        #expect(outcome.output.hasSuffix("url \n") && bench.leftovers == [])
    }

    @Test func aFetcherThatFailsIsNotTheLast() async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: ["python3"]) else { return }
        try bench.script("curl", in: tools, "echo 'curl: (60) nobody is trusted here' >&2; exit 60")
        let server = try await LoopbackServer { _ in LoopbackServer.Reply(200, [], Bench.engine) }
        #expect(try await bench.run(.first, bench.served(server.url), path: tools).code == 0)
    }

    /// Addresses end with the keys that they were made with. A container may have keys of its own.
    @Test func anAddressThatIsOver() async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: ["curl", "python3"]) else { return }
        let keys = AWSCredentials(accessKey: "OFTHEJOB", secretKey: "lent/secret", sessionToken: "lent+token")
        let server = try await LoopbackServer { request in
            if request.path == "/keys" {
                guard request.header("authorization") == "a token" else { return LoopbackServer.Reply(401) }
                let text = #"{"AccessKeyId": "OFTHEJOB", "SecretAccessKey": "lent/secret", "Token": "lent+token"}"#
                return LoopbackServer.Reply(200, [], Array(text.utf8))
            }
            let time = Array(request.header("x-amz-date") ?? "")
            guard request.query.isEmpty, time.count == 16 else { return LoopbackServer.Reply(403) }
            func part(_ range: Range<Int>) -> String { String(time[range]) }
            let iso = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"
            guard let moment = SigningTime(iso: iso) else { return LoopbackServer.Reply(400) }
            let asked = SignatureV4.Request(
                method: "GET", path: request.path, headers: [("Host", request.header("host") ?? "")], payload: SignatureV4.emptyPayload)
            let expected = SignatureV4(keys, region: "eu-x-1").headers(for: asked, at: moment).first { $0.name == "Authorization" }
            let isRight = request.header("authorization") == expected?.value && request.header("x-amz-security-token") == "lent+token"
            return isRight ? LoopbackServer.Reply(200, [], Bench.engine) : LoopbackServer.Reply(403)
        }
        var bootstrap = bench.served(server.url)
        let over = try await bench.run(.first, bootstrap, path: tools)
        #expect(over.code == NodeExit.noEngine)
        bootstrap.variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/keys", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a token",
        ]
        let outcome = try await bench.run(.first, bootstrap, path: tools)
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(bench.engines.count == 1 && bench.leftovers.isEmpty)
    }

    @Test func twoDownloadsThatAreCutOff() async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: ["curl"]) else { return }
        let calls = Calls()
        let server = try await LoopbackServer { _ in
            var reply = LoopbackServer.Reply(200, [], Bench.engine)
            if calls.next() < 2 { reply.delivery = .cutOff(after: 10) }
            return reply
        }
        #expect(try await bench.run(.first, bench.served(server.url), path: tools).code == 0)
        #expect(server.requests.count == 3 && bench.leftovers == [])
    }

    /// What a server answers, and how the job ends.
    @Test(arguments: [
        (200, [UInt8]("another program".utf8), NodeExit.noEngine, "did not arrive whole: 15 of"),
        (200, [UInt8](repeating: 65, count: Bench.engine.count), NodeExit.wrongEngine, "is not the engine: its SHA-256 is"),
        (403, [], NodeExit.noEngine, "could not be fetched: curl: (22)"),
    ]) func downloadsThatAreWrong(_ status: Int, _ body: [UInt8], _ code: Int32, _ words: String) async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: ["curl"]) else { return }
        let server = try await LoopbackServer { _ in LoopbackServer.Reply(status, [], body) }
        let outcome = try await bench.run(.first, bench.served(server.url), path: tools)
        #expect(outcome.code == code && outcome.error.contains(words) && outcome.error.split(separator: "\n").count == 1, "\(outcome)")
        #expect(bench.leftovers == [] && bench.engines == [])
    }

    @Test func nobodyAnswers() async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: ["curl"]) else { return }
        let outcome = try await bench.run(.first, bench.served(try ClosedPort().url), path: tools)
        #expect(outcome.code == NodeExit.noEngine && outcome.error.contains("could not be fetched"))
    }

    @Test func noFetcherOnTheNode() async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: []) else { return }
        let outcome = try await bench.run(.first, bench.served("http://127.0.0.1:9"), path: tools)
        #expect(outcome.code == NodeExit.noFetcher && outcome.error.contains("neither curl, wget nor python3"), "\(outcome)")
    }

    @Test func nothingThatMakesDigests() async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: [], digests: false) else { return }
        let outcome = try await bench.run(.first, bench.mounted(), path: tools)
        #expect(outcome.code == NodeExit.noDigests && outcome.error.contains("cannot be checked") && bench.engines == [])
    }

    @Test func theDatastoreIsNotMounted() async throws {
        let bench = try Bench()
        try bench.removeStore()
        let outcome = try await bench.run(.first, bench.mounted())
        #expect(outcome.code == NodeExit.noDatastore && outcome.error.contains("is not mounted on this node"))
    }

    @Test func anEngineThatDoesNotRun() async throws {
        let bench = try Bench(engine: Array("#!/no/such/interpreter\n".utf8))
        let outcome = try await bench.run(.first, bench.mounted())
        #expect(outcome.code == NodeExit.engineDoesNotRun && outcome.error.contains("does not run on this node") && bench.engines == [])
    }

    @Test(arguments: Shell.all) func noEngineForThisMachine(_ shell: Shell) async throws {
        let bench = try Bench()
        var bootstrap = bench.mounted()
        bootstrap.engines[0].platform = "plan9-mips"
        let outcome = try await bench.run(shell, bootstrap)
        #expect(outcome.code == NodeExit.engineDoesNotRun && outcome.error.contains("the run has: plan9-mips"))
    }

    @Test(arguments: Shell.all) func aCacheThatCannotBe(_ shell: Shell) async throws {
        let bench = try Bench()
        _ = try bench.folder.write("file", [])
        let outcome = try await bench.run(shell, bench.mounted(), cache: bench.folder.path.appending("file").appending("cache").string)
        #expect(outcome.code == NodeExit.noCache && outcome.error.contains("PENSTOCK_NODE_CACHE"), "\(outcome)")
    }

    @Test(arguments: Shell.all) func aLinkWhereAnybodyCouldMakeOne(_ shell: Shell) async throws {
        let bench = try Bench()
        let id = try await Subprocess.run(.path("/usr/bin/id"), arguments: ["-u"], output: .string(limit: 100)).standardOutput
        let name = "penstock-" + id.filter(\.isNumber)
        try FileManager.default.createSymbolicLink(
            atPath: bench.folder.path.appending(name).string, withDestinationPath: bench.folder.path.string)
        let outcome = try await bench.run(shell, bench.mounted(), cache: nil)
        #expect(outcome.code == NodeExit.noCache && outcome.error.contains("is a link"), "\(outcome)")
    }

    @Test func manyAtOnce() async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: ["curl"], sleeps: true) else { return }
        let server = try await LoopbackServer { _ in LoopbackServer.Reply(200, [], Bench.engine) }
        let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for place in 0..<20 {
                group.addTask { try await bench.run(Shell.all[place % Shell.all.count], bench.served(server.url), path: tools) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.map(\.code) == Array(repeating: 0, count: 20), "\(outcomes)")
        #expect(bench.engines.count == 1 && bench.leftovers == [] && server.requests.count < 20)
    }

    /// Whoever held it was killed.
    @Test func aLockThatNobodyHolds() async throws {
        let bench = try Bench()
        guard let tools = try bench.tools(with: []) else { return }
        let engine = bench.mounted().engines[0].digest.hex
        _ = try bench.folder.write(folders: "cache/draft-1-0/engine", Array("half".utf8))
        _ = try bench.folder.write(folders: "cache/engines/\(engine).lock/holder", Array("\(bench.cache)/draft-1-0\n".utf8))
        let outcome = try await bench.run(.first, bench.mounted(), path: tools)
        #expect(outcome.code == 0 && bench.engines == [engine], "\(outcome)")
    }

    @Test func addressesTravelAsVariables() throws {
        var bootstrap = NodeBootstrap(
            datastore: .s3(bucket: "b", prefix: "p"), orders: try ObjectKey("attempts/F/1/000000/orders"), engines: [], variables: ["AWS_SECRET_ACCESS_KEY": "hidden"])
        bootstrap.engines = [
            .init(platform: "linux-x86_64", digest: SHA256Digest(hashing: ""), size: 1, source: .url("https://h/x?X-Amz-Signature=told"))
        ]
        let program = bootstrap.program
        #expect(!program.script.contains("told") && !program.script.contains("hidden"))
        #expect(program.variables == [
            "AWS_SECRET_ACCESS_KEY": "hidden", "PENSTOCK_ENGINE_LINUX_X86_64": "https://h/x?X-Amz-Signature=told",
        ])
        #expect(program.script.hasPrefix("#!/bin/sh\n") && program.script.utf8.count < 16_000)
    }
}
