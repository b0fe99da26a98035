import ArgumentParser
import CondaPackaging
import Digests
import Environments
import Lockfiles
import PythonPackaging
import SystemPackage

/// `penstock env show ENVIRONMENT`: what is in an environment, and where it comes from.
struct EnvironmentShowCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the packages of an environment, and where they come from.",
        discussion: """
            Examples:
              penstock env show ds
              penstock env show 3f2a
              penstock env show TrainFlow/1763900000000000/train
            """)

    @OptionGroup var environment: EnvironmentArguments

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    func perform(in session: StandaloneSession) throws -> Int32 {
        if let launch = environment.launch("show", json ? ["--json"] : []) { return try launch.perform(in: session) }
        return try FailureOutput(isJSON: json, on: session.output).told {
            let found = try environment.found(in: session)
            let stored = try PackageWorkshop.open(session, quiet: true) { try await $0.stored(found) }
            let finder = try EnvironmentFinder(session, environment.place)
            let view = try EnvironmentView(
                found, stored, names: stored.map { EnvironmentNames(finder.names).names(of: $0) } ?? [],
                isHeld: stored.map { finder.store.isHeld($0) } ?? false)
            if json {
                session.output.writeLine(try JSONText(view.output).text)
            } else {
                for line in view.lines(on: session.output) { session.output.writeLine(line) }
            }
            return 0
        }
    }
}

/// One environment, as a person or a program gets to see it.
struct EnvironmentView {
    /// As `--json` prints it.
    struct Output: Encodable {
        struct Package: Encodable {
            var name: String
            var version: String?
            var source: String
            var file: String?
            var sha256: String?
        }

        /// Whether it lies on the disk.
        var isBuilt: Bool
        var environment: EnvironmentOutput?
        var path: String?
        var lock: String?
        var packages: [Package]
    }

    private let found: FoundEnvironment
    private let stored: StoredEnvironment?
    let output: Output

    init(_ found: FoundEnvironment, _ stored: StoredEnvironment?, names: [String], isHeld: Bool) throws {
        self.found = found
        self.stored = stored
        let origin = stored?.origin ?? found.origin
        let lock = try origin?.parsedLock() ?? found.lock
        var path = stored?.path
        if case .place(let place, _) = found { path = place }
        output = Output(
            isBuilt: path != nil,
            environment: stored.map {
                EnvironmentOutput($0, names: names, isHeld: isHeld, size: TreeSize(of: $0.path))
            },
            path: path?.string, lock: origin?.lock ?? lock?.text, packages: Self.packages(origin, lock))
    }

    /// What is installed, or would be.
    private static func packages(_ origin: EnvironmentOrigin?, _ lock: PyLock?) -> [Output.Package] {
        let conda = condaPackages(origin, lock)
        let sources = Dictionary((lock?.packages ?? []).map { ($0.name.description, $0.source) }) { first, _ in first }
        guard let origin else {
            return conda + (lock?.packages ?? []).map {
                Output.Package(
                    name: $0.name.description, version: $0.version?.description, source: $0.source.comparedWords)
            }
        }
        let wheels = origin.wheels.map { wheel in
            let source = sources[wheel.name]
            return Output.Package(
                name: wheel.name, version: wheel.version, source: source?.words(of: wheel) ?? "index", file: wheel.file,
                sha256: wheel.sha256)
        }
        return (conda + wheels).sorted { $0.name < $1.name }
    }

    private static func condaPackages(_ origin: EnvironmentOrigin?, _ lock: PyLock?) -> [Output.Package] {
        if let origin {
            return origin.conda.map {
                Output.Package(
                    name: $0.name, version: $0.version, source: "conda \($0.subdir), build \($0.build)",
                    file: $0.url.split(separator: "/").last.map(String.init), sha256: $0.sha256)
            }
        }
        return (lock?.conda?.packages ?? []).map {
            Output.Package(
                name: $0.record.name.description, version: $0.record.version.description,
                source: "conda \($0.record.subdir), build \($0.record.build)", file: $0.record.fileName.description,
                sha256: $0.record.sha256?.hex)
        }
    }

    func lines(on terminal: Terminal) -> [String] {
        var facts = FactList()
        let origin = stored?.origin ?? found.origin
        facts.add("path", output.path ?? "not built yet; penstock env create builds it")
        facts.add("python", origin.map { "\($0.python.words) (\($0.python.executable))" } ?? locked?.python)
        facts.add("platform", origin?.python.platform)
        facts.add("scripts", origin?.linkScripts?.words)
        facts.add("names", output.environment?.names.joined(separator: ", "))
        facts.add("made", origin.map { LocalTime(Double($0.created.seconds)).toTheSecond })
        facts.add("last used", stored.map { "\(AgeText(seconds: UTCTime.now().seconds - $0.lastUsed.seconds))" })
        facts.add("in use", output.environment.map { $0.inUse ? "yes" : "no" })
        facts.add("size", output.environment?.size.map { size in
            "\(ByteText(size.own)) of its own, \(ByteText(size.shared)) shared, \(size.files) files"
        })
        var table = TextTable("PACKAGE", "VERSION", "FROM")
        for package in output.packages {
            table.add(.init(package.name, .bold), .init(package.version ?? ""), .init(package.source))
        }
        let packages = table.isEmpty ? ["  no packages"] : table.lines(on: terminal, indent: "  ", cutsLast: true)
        return [title(on: terminal)] + facts.lines(on: terminal) + [""] + packages
    }

    private var locked: LockedEnvironment? {
        if case .locked(let locked) = found { locked } else { nil }
    }

    private func title(on terminal: Terminal) -> String {
        let digits = stored.map { String($0.name.prefix(8)) }
        let words = locked.map { " (\($0.words))" } ?? ""
        return Style.bold("Environment" + (digits.map { " \($0)" } ?? ""), on: terminal) + words
    }
}

extension LockedSource {
    /// Where a wheel that was installed comes from.
    fileprivate func words(of wheel: EnvironmentOrigin.Wheel) -> String {
        guard case .distributions(_, let wheels) = self else { return comparedWords }
        return wheels.contains { $0.sha256.hex == wheel.sha256 } ? "index" : "index, built from source"
    }
}
