import ArgumentParser
import Environments
import Lockfiles
import PythonPackaging

/// `penstock env diff A B`: what is different in a second environment or lock.
struct EnvironmentDiffCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Tell what a second environment, or lock, has otherwise than a first.",
        discussion: """
            Exits with 1 if there is a difference. Examples:
              penstock env diff TrainFlow/12/train TrainFlow/15/train
              penstock env diff ds pylock.toml
            """)

    @Argument(
        help: ArgumentHelp("Digits, a name, a folder, a lock, or FLOW/RUN/STEP.", valueName: "first"),
        completion: EnvironmentCompletion.all)
    var first: String

    @Argument(help: ArgumentHelp("The same.", valueName: "second"), completion: EnvironmentCompletion.all)
    var second: String

    @OptionGroup var place: RecordArguments

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let finder = try EnvironmentFinder(session, place)
            let sides = try [first, second].map { text throws in try ComparedSide(try finder.find(text), text) }
            let comparison = EnvironmentComparison(sides[0], sides[1])
            if json {
                session.output.writeLine(try JSONText(comparison.output).text)
            } else {
                for line in comparison.lines(on: session.output) { session.output.writeLine(line) }
            }
            return comparison.isSame ? 0 : 1
        }
    }
}

/// What is compared of an environment or a lock.
struct ComparedSide {
    var python: String?
    var platform: String?
    var packages: [ComparedPackage]

    init(_ found: FoundEnvironment, _ text: String) throws {
        let lock = try found.lock
        if let origin = found.origin {
            python = origin.python.words
            platform = origin.python.platform
            let sources = Dictionary((lock?.packages ?? []).map { ($0.name.description, $0.source.comparedWords) }) { $1 }
            packages = origin.wheels.map {
                ComparedPackage(
                    name: $0.name, versions: [$0.version], source: sources[$0.name] ?? "index", hashes: [$0.sha256])
            } + origin.conda.map {
                ComparedPackage(
                    name: $0.name, versions: ["\($0.version) \($0.build)"], source: "conda",
                    hashes: Set([$0.sha256].compactMap(\.self)))
            }
        } else if let lock {
            if case .locked(let locked) = found { python = locked.python }
            let targets = lock.origin?.targets ?? []
            python = python ?? (targets.isEmpty ? lock.requiresPython : Self.list(targets.map(\.python)))
            platform = targets.isEmpty ? nil : Self.list(targets.map(\.platform))
            packages = lock.comparedPackages
        } else {
            throw EnvironmentReferenceError.noRecord(path: text)
        }
    }

    private static func list(_ texts: [String]) -> String { Set(texts).sorted().joined(separator: ", ") }
}

/// Two environments or locks beside each other.
struct EnvironmentComparison {
    private let first: ComparedSide
    private let second: ComparedSide
    private let delta: PackageDelta

    init(_ first: ComparedSide, _ second: ComparedSide) {
        self.first = first
        self.second = second
        delta = PackageDelta(from: first.packages, to: second.packages)
    }

    /// Where one side does not say, nothing is different.
    private var pythonChange: (before: String, after: String)? { Self.change(first.python, second.python) }
    private var platformChange: (before: String, after: String)? { Self.change(first.platform, second.platform) }

    private static func change(_ before: String?, _ after: String?) -> (before: String, after: String)? {
        guard let before, let after, before != after else { return nil }
        return (before, after)
    }

    var isSame: Bool { delta.isEmpty && pythonChange == nil && platformChange == nil }

    func lines(on terminal: Terminal) -> [String] {
        if isSame { return ["The same: \(first.packages.count) packages."] }
        var table = TextTable("", "PACKAGE", "BEFORE", "AFTER")
        for (what, change) in [("python", pythonChange), ("platform", platformChange)] {
            if let change { table.add(.init("~", .yellow), .init(what, .dim), .init(change.before), .init(change.after)) }
        }
        let sign: [(String, Style, name: String, before: ComparedPackage?, after: ComparedPackage?, [PackageDelta.Part])] =
            delta.removed.map { ("-", .red, $0.name, $0, nil, []) } + delta.added.map { ("+", .green, $0.name, nil, $0, []) }
            + delta.changed.map { ("~", .yellow, $0.before.name, $0.before, $0.after, $0.parts) }
        for (mark, style, name, before, after, parts) in sign.sorted(by: { $0.name < $1.name }) {
            table.add(
                .init(mark, style), .init(name, .bold), .init(before.map { Self.words($0, parts) } ?? ""),
                .init(after.map { Self.words($0, parts) } ?? ""))
        }
        let counts = "\(delta.added.count) added, \(delta.removed.count) removed, \(delta.changed.count) changed"
        return table.lines(on: terminal) + [Style.dim(counts, on: terminal)]
    }

    private static func words(_ package: ComparedPackage, _ parts: [PackageDelta.Part]) -> String {
        var words = package.versions.joined(separator: ", ")
        if parts.contains(.source) || (parts.isEmpty && package.source != "index") { words += " (\(package.source))" }
        if parts == [.files] { words += " (files \(package.hashes.sorted().first?.prefix(8) ?? ""))" }
        return words
    }

    // MARK: - JSON

    struct Output: Encodable {
        struct Package: Encodable {
            var name: String
            var version: String
            var source: String
            var sha256: [String]

            init(_ package: ComparedPackage) {
                name = package.name
                version = package.versions.joined(separator: ", ")
                source = package.source
                sha256 = package.hashes.sorted()
            }
        }

        struct Change: Encodable {
            var name: String
            var parts: [String]
            var before: Package
            var after: Package
        }

        struct Side: Encodable {
            var python: String?
            var platform: String?
        }

        var same: Bool
        var before: Side
        var after: Side
        var added: [Package]
        var removed: [Package]
        var changed: [Change]
    }

    var output: Output {
        Output(
            same: isSame, before: .init(python: first.python, platform: first.platform),
            after: .init(python: second.python, platform: second.platform), added: delta.added.map { .init($0) },
            removed: delta.removed.map { .init($0) },
            changed: delta.changed.map {
                .init(name: $0.before.name, parts: $0.parts.map(\.rawValue), before: .init($0.before), after: .init($0.after))
            })
    }
}
