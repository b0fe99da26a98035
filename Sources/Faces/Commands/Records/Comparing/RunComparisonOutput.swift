import Archives
import CodePackage
import Digests
import Ledger

/// What `penstock diff --json` prints.
struct RunComparisonOutput: Encodable {
    struct Code: Encodable {
        var same: Bool
        /// Digests of the packages; those of runs with the same code may differ by locks and configuration.
        var before: String
        var after: String
        var files: [CodeChangeOutput]
    }

    struct StepEnvironment: Encodable {
        var step: String
        /// Absent when only one run has an environment for the step.
        var difference: EnvironmentComparison.Output?
        var onlyIn: String?
    }

    var same: Bool
    var before: RunOutput
    var after: RunOutput
    /// Absent when a run keeps no code.
    var code: Code?
    var environments: [StepEnvironment]
    var parameters: [RunComparison.ValueChange]
    var configuration: [RunComparison.ValueChange]
    /// `before` and `after` are the first digits of digests.
    var variables: [RunComparison.ValueChange]
    var artifacts: [RunComparison.ArtifactChange]
    var durations: [RunComparison.StepTime]

    init(_ comparison: RunComparison) {
        same = comparison.isSame
        before = RunOutput(comparison.first.run)
        after = RunOutput(comparison.second.run)
        if let difference = comparison.code, let old = comparison.first.code, let new = comparison.second.code {
            code = Code(
                same: difference.isEmpty, before: old.digest.hex, after: new.digest.hex,
                files: difference.files.map { CodeChangeOutput($0) })
        }
        environments = comparison.environments.map { environment in
            StepEnvironment(
                step: environment.step, difference: environment.comparison?.output,
                onlyIn: environment.comparison == nil ? (environment.onlyBefore ? "before" : "after") : nil)
        }
        parameters = comparison.parameters
        configuration = comparison.configuration
        variables = comparison.variables
        artifacts = comparison.artifacts
        durations = comparison.times
    }
}

/// A file that differs between two packages.
struct CodeChangeOutput: Encodable {
    var path: String
    var change: String
    /// Lines; absent for what is no text.
    var added: Int?
    var removed: Int?
    /// In the unified format.
    var diff: String?

    init(_ file: PackageDifference.File) {
        path = file.path.string
        change = file.change.rawValue
        added = file.text?.added
        removed = file.text?.removed
        diff = file.text.map { $0.lines.map { $0 + "\n" }.joined() }
    }
}
