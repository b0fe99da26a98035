import Digests
import FlowModel
import Interpreters
import PythonPackaging
import Resolution

/// What a step asks for: a Python, and packages. Equal wishes share an environment, whoever has them.
struct EnvironmentWish: Sendable {
    let python: InterpreterRequest?
    /// Who says which Python it is.
    private let pythonAsker: Asker?
    /// In the order of their texts, each with who asks.
    private(set) var requirements: [RootRequirement]
    /// What is wanted of conda beside them, the Python included.
    private(set) var conda: CondaWish?
    /// Where packages come from the lock of a uv project instead.
    let project: ProjectWish?
    /// Where they come from a lock that was given a name.
    let named: NamedWish?

    init(_ asked: NamedEnvironmentRequest, in names: NamedLocks) throws {
        python = nil
        pythonAsker = nil
        requirements = []
        project = nil
        named = try NamedWish(asked, in: names)
    }

    /// - Parameter project: the one that the flow belongs to.
    init(_ asked: UVRequirements, in project: UVProject) throws {
        python = try asked.python.map { text throws in try InterpreterRequest(parsing: text) }
        pythonAsker = nil
        requirements = []
        named = nil
        self.project = ProjectWish(
            project: project,
            selection: try project.selection(
                extras: asked.extras, groups: asked.groups, usesDefaultGroups: asked.usesDefaultGroups))
    }

    /// - Parameters:
    ///   - step: who asks.
    ///   - folder: where relative paths begin.
    init(_ asked: PackageRequirements, of step: StepName, below folder: String) throws {
        project = nil
        named = nil
        pythonAsker = asked.pythonRequest.map { Asker($0, step: step) }
        conda = try asked.conda.map { wanted throws in try CondaWish(wanted, python: asked.pythonRequest, of: step) }
        python = conda != nil ? nil : try asked.python.map { text throws in try InterpreterRequest(parsing: text) }
        requirements = try asked.packages.map { package in
            try RootRequirement(
                fromPackagesDictionary: package.key, spec: package.version, asker: Asker(package, step: step),
                below: folder)
        }.sorted { $0.requirement.description < $1.requirement.description }
    }

    /// Whether nothing has to be locked, as nothing is asked for.
    var isEmpty: Bool { requirements.isEmpty && conda == nil && project == nil && named == nil }

    /// Whether a lock of the flow's own answers it.
    var isLocked: Bool { !requirements.isEmpty || conda != nil }

    /// The same with those who ask for it in another step.
    mutating func add(_ other: EnvironmentWish) {
        let known = Set(requirements)
        requirements += other.requirements.filter { !known.contains($0) }
        if let wanted = other.conda { conda?.add(wanted) }
    }

    /// Who asks for something in it, the first one; nobody for an environment that is empty.
    var asker: Asker? { requirements.first?.asker ?? conda?.specs.lazy.compactMap(\.asker).first ?? pythonAsker }

    /// The requirements as PEP 508 has them, each once.
    var texts: [String] { Set(requirements.map(\.requirement.description)).sorted() }

    /// What is asked for, for a person to read.
    var words: [String] {
        if let named { return ["the name '\(named.entry.name)'"] }
        return project?.words ?? (conda?.texts ?? []).map { "conda \($0)" } + texts
    }

    /// Stands for what was asked for and for the target that it was asked for.
    func lockKey(target: PythonTarget) -> SHA256Digest {
        let facts = [target.platformName, target.pythonVersion.description, target.markerEnvironment.implementationName]
        let asked = named?.facts ?? project?.facts ?? texts + (conda.map { $0.facts + ["python \($0.python ?? "")"] } ?? [])
        return SHA256Digest(hashing: (["penstock lock 1"] + facts + asked).joined(separator: "\n"))
    }
}

extension EnvironmentWish: Hashable {
    // Who asks does not count.
    static func == (left: Self, right: Self) -> Bool {
        left.python == right.python && left.texts == right.texts && left.conda == right.conda
            && left.project == right.project && left.named == right.named
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(python)
        hasher.combine(texts)
        hasher.combine(conda)
        hasher.combine(project)
        hasher.combine(named)
    }
}

extension Asker {
    /// `step 'train' (@pypi)`; what stands above the class is asked for by the flow.
    init(_ package: PackageRequest, step: StepName) {
        let words = package.decorator.hasSuffix("_base") ? "the flow" : "step '\(step)'"
        self.init("\(words) (@\(package.decorator))", file: package.file, line: package.line)
    }
}
