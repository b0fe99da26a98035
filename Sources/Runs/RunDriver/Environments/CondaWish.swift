import CondaPackaging
import Diagnostics
import FlowModel
import PythonPackaging
import Resolution

/// What a step wants of conda.
struct CondaWish: Sendable {
    /// In the order of their texts; the Python is not among them.
    private(set) var specs: [CondaRequirement]
    /// As they were written, the first one first; none for those that the machine is configured for.
    let channels: [String]
    let preference: SourcePreferences
    /// The version of Python as it was written; nothing for the series of the launching interpreter.
    let python: String?
    private let pythonAsker: Asker?

    /// - Parameters:
    ///   - python: of `python=` of any of the decorators.
    ///   - step: who asks.
    init(_ asked: CondaRequirements, python: PackageRequest?, of step: StepName) throws {
        specs = try asked.packages.map { package in
            try CondaRequirement(fromPackagesDictionary: package.key, value: package.version, asker: Asker(package, step: step))
        }.sorted { $0.text < $1.text }
        channels = asked.channels
        preference = asked.preference
        for name in preference.ofProjects.keys.sorted() where (try? PackageName(parsing: name)) == nil {
            throw PreferenceNameError(name: name)
        }
        self.python = python?.version
        pythonAsker = python.map { Asker($0, step: step) }
        _ = try pythonSpec(launching: nil)
    }

    /// The same with those who ask for it in another step.
    mutating func add(_ other: CondaWish) {
        let known = Set(specs)
        specs += other.specs.filter { !known.contains($0) }
    }

    /// What is asked for, in the normal form, each once.
    var texts: [String] { Set(specs.map(\.text)).sorted() }

    /// Stands for what is asked for, the Python aside.
    var facts: [String] {
        ["conda"] + texts + ["channels"] + channels + ["prefer \(preference.usual?.rawValue ?? "")"]
            + preference.ofProjects.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.rawValue)" }
    }

    /// The version of Python as it was written, or the series of the interpreter that runs the flow file.
    func pythonText(launching: Version?) -> String? {
        python ?? launching.map { $0.release.prefix(2).map(String.init).joined(separator: ".") }
    }

    /// The Python, which is always a conda package.
    ///
    /// A version of two numbers means any of the series, one of three itself.
    ///
    /// - Parameter launching: the interpreter that runs the flow file, whose series is taken where none is asked for.
    func pythonSpec(launching: Version?) throws -> CondaRequirement? {
        guard let asked = pythonText(launching: launching) else { return nil }
        var text = asked
        // A key of the person's own says more.
        if python == nil, specs.contains(where: { $0.spec.name.description == "python" }) { return nil }
        var build = ""
        if text.hasSuffix("t"), text.first?.isNumber == true {
            text.removeLast()
            build = "*_cp\(text.split(separator: ".").prefix(2).joined())t"
        }
        let isPlain = text.allSatisfy { $0.isNumber || $0 == "." }
        if isPlain { text = text.split(separator: ".").count < 3 ? "\(text).*" : "==\(text)" }
        return try CondaRequirement(
            fromPackagesDictionary: "python", value: build.isEmpty ? text : "\(text)=\(build)",
            spelled: "python='\(asked)'", asker: pythonAsker ?? Asker("the Python that runs the flow"))
    }
}

/// `prefer=` names something that is no Python project.
struct PreferenceNameError: DiagnosticError {
    let name: String

    var diagnostic: Diagnostic {
        Diagnostic(
            .user, "prefer= says where '\(name)' comes from, which is not the name of a Python project",
            help: "its keys are names of projects, and '*' for all others: prefer={'numpy': 'pypi', '*': 'conda'}")
    }
}

extension CondaWish: Hashable {
    // Who asks does not count.
    static func == (left: Self, right: Self) -> Bool { left.facts == right.facts && left.python == right.python }

    func hash(into hasher: inout Hasher) {
        hasher.combine(facts)
        hasher.combine(python)
    }
}
