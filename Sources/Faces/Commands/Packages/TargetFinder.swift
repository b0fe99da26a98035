import Diagnostics
import Interpreters
import PythonPackaging
import Resolution

/// Finds the target that is meant, and a Python of this machine that stands in for it.
struct TargetFinder: Sendable {
    let finder: InterpreterFinder

    /// A Python on a platform, and the interpreter whose pip knows the default index and which builds what has to be built.
    struct Found: Sendable {
        let target: PythonTarget
        let interpreter: Interpreter
    }

    /// - Parameters:
    ///   - python: as a person names it; the first of the machine if nothing is said.
    ///   - platform: another platform than this machine's.
    func find(python: String?, platform: String?) async throws -> Found {
        let request = try python.map { text throws in try InterpreterRequest(parsing: text) }
        let interpreter = try await standIn(for: request)
        if let platform, !interpreter.target.platformName.hasPrefix(platform) { throw PlatformError(platform: platform) }
        guard request?.isVersion ?? true, let version = try version(request, on: interpreter, isElsewhere: platform != nil)
        else { return Found(target: interpreter.target, interpreter: interpreter) }
        return Found(target: interpreter.target(python: version), interpreter: interpreter)
    }

    /// The interpreter that is asked for or, since only its version matters, one that is near.
    private func standIn(for request: InterpreterRequest?) async throws -> Interpreter {
        do {
            return try await finder.find(request)
        } catch {
            guard let request, request.isVersion, let version = request.version else { throw error }
            let series = try? InterpreterRequest(parsing: "\(version.major).\(version.minor)")
            if let near = try? await finder.find(series) { return near }
            return try await finder.find()
        }
    }

    /// The version that is meant, where it is not the one that was found.
    private func version(_ request: InterpreterRequest?, on interpreter: Interpreter, isElsewhere: Bool) throws -> Version? {
        guard let request, let version = request.version else { return nil }
        if case .series = request.wanted, request.accepts(interpreter), !isElsewhere { return nil }
        return version == interpreter.version ? nil : version
    }
}

extension InterpreterRequest {
    /// Whether it names one version of CPython, which can be resolved for without being there.
    fileprivate var isVersion: Bool { implementation == "cpython" && !isFreeThreaded && version != nil }

    /// The version that is named; of a series its first.
    fileprivate var version: Version? {
        switch wanted {
        case .exactly(let version): version
        case .series(let release) where release.count == 2: try? Version(parsing: "\(release[0]).\(release[1]).0")
        case .series, .anyVersion, .range, .file: nil
        }
    }
}

/// A platform that cannot be resolved for.
struct PlatformError: DiagnosticError {
    let platform: String

    var diagnostic: Diagnostic {
        Diagnostic(.user, "'\(platform)' is not this machine's platform", help: "leave --platform away")
    }
}
