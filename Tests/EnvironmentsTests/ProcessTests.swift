import Diagnostics
import Environments
import FoundationEssentials
import Interpreters
import PackageSources
import Subprocess
import SystemPackage
import Testing

@Suite("Several processes, and killed ones", .serialized)
struct ProcessTests {
    /// Wheels in a folder, as the builder program wants them.
    private struct Supplies: Sendable {
        let workshop: Workshop
        let wheels: [TinyWheel]
        let interpreter: Interpreter
        var folder: FilePath { workshop.folder.appending("wheels-to-fetch") }
        var log: FilePath { workshop.folder.appending("log") }

        /// `nil` on a machine without a Python.
        init?() async throws {
            workshop = try Workshop()
            wheels = (0..<6).map { number in
                let files = (0..<60).map { ("p\(number)/sub\($0 % 7)/m\($0).py", "value = \($0)\n") }
                return TinyWheel("p\(number)", "1", Dictionary(uniqueKeysWithValues: files))
            }
            let environment = ProcessInfo.processInfo.environment
            let finder = InterpreterFinder(environment: environment, cache: workshop.cache)
            guard let found = await finder.all().first else { return nil }
            interpreter = found
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            for wheel in wheels {
                try Data(wheel.bytes).write(to: URL(filePath: folder.appending(wheel.filename).string))
            }
        }

        var fetches: Int { (try? Tree.text(log).split(separator: "\n").count) ?? 0 }

        /// The builder program stands beside the program of the tests.
        func arguments(lock: String = "lock", stalling: Bool = false) -> Arguments {
            Arguments(
                [workshop.cache.root.string, interpreter.executable.string, folder.string, lock, log.string]
                    + (stalling ? ["stall"] : []))
        }

        var program: Executable {
            .path(FilePath(Tree.target(of: "/proc/self/exe")).removingLastComponent().appending("environment-builder"))
        }

        func run(lock: String = "lock") async throws -> String {
            try await Subprocess.run(
                program, arguments: arguments(lock: lock), output: .string(limit: 4096), error: .discarded
            ).standardOutput
        }

        func install(progress: @escaping ProgressSink = { _ in }) async throws -> BuiltEnvironment {
            let request = try workshop.request(wheels, on: interpreter)
            return try await EnvironmentStore(cache: workshop.cache, progress: progress).ensure(request)
        }

        func contradictions(in built: BuiltEnvironment) throws -> [String] {
            try Tree.contradictions(in: built.path, library: interpreter.layout.pureLibrary)
        }
    }

    @Test("One builds, the others find it; no wheel is fetched twice")
    func together() async throws {
        guard let supplies = try await Supplies() else { return }
        defer { supplies.workshop.close() }
        let words = try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<8 {
                group.addTask { try await supplies.run(lock: index % 2 == 0 ? "lock" : "other") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(words.count { $0 == "built\n" } == 2)
        #expect(words.count { $0 == "found\n" } == 6)
        #expect(supplies.fetches == supplies.wheels.count)
        let built = try await supplies.install()
        #expect(!built.wasBuilt)
        #expect(try supplies.contradictions(in: built) == [])
    }

    @Test("Killed at any moment, the next one succeeds and nothing is left over")
    func killed() async throws {
        guard let supplies = try await Supplies() else { return }
        defer { supplies.workshop.close() }
        let clock = ContinuousClock()
        let whole = try await clock.measure { _ = try await supplies.run() }
        for round in 0..<30 {
            // Cold and warm in turn.
            for folder in round % 2 == 0 ? ["environments", "wheels"] : ["environments"] {
                try FileManager.default.removeItem(atPath: supplies.workshop.cache.root.appending(folder).string)
            }
            let moment = whole * (Double(round) / 30)
            _ = try await Subprocess.run(
                supplies.program, arguments: supplies.arguments(), input: .none, output: .discarded,
                error: .discarded
            ) { execution in
                try await clock.sleep(for: moment)
                try? execution.send(signal: .kill)
            }
            let built = try await supplies.install()
            #expect(try supplies.contradictions(in: built) == [], "killed after \(moment)")
            #expect(Tree.files(in: built.path.pushing(FilePath(supplies.interpreter.layout.pureLibrary))).count == 6 * 64)
            // A builder that had ended its work may have left nothing to sweep and nothing to build.
            if built.wasBuilt { #expect(supplies.workshop.leftovers.filter { $0.contains("/.") } == []) }
        }
    }

    @Test("Who waits for a builder that is killed, builds")
    func released() async throws {
        guard let supplies = try await Supplies() else { return }
        defer { supplies.workshop.close() }
        let (waiting, waits) = AsyncStream<Void>.makeStream()
        _ = try await Subprocess.run(
            supplies.program, arguments: supplies.arguments(stalling: true), input: .none, output: .discarded,
                error: .discarded
        ) { execution in
            while supplies.fetches == 0 { try await Task.sleep(for: .milliseconds(5)) }
            async let built = supplies.install { event in
                if case .note = event { waits.yield() }
            }
            for await _ in waiting { break }
            try execution.send(signal: .kill)
            let environment = try await built
            #expect(environment.wasBuilt)
            #expect(try supplies.contradictions(in: environment) == [])
        }
        #expect(supplies.workshop.leftovers.filter { $0.contains("/.") } == [])
    }
}
