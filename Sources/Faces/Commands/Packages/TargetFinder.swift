import Interpreters
import PythonPackaging
import Resolution

/// Finds the targets that are meant, and a Python of this machine that stands in for them.
struct TargetFinder: Sendable {
    let finder: InterpreterFinder

    struct Found: Sendable {
        /// Each once, at least one.
        var targets: [PythonTarget]
        /// Its pip knows the default index, and it builds what has to be built.
        var interpreter: Interpreter
    }

    /// - Parameters:
    ///   - pythons: as a person names them; the first of the machine if nothing is said.
    ///   - platforms: other platforms than this machine's.
    func find(pythons: [String], platforms: [String]) async throws -> Found {
        let requests = try pythons.map { text throws in try InterpreterRequest(parsing: text) }
        var found: Found?
        for request in requests.isEmpty ? [nil] : requests.map(Optional.some) {
            let interpreter = try await standIn(for: request)
            let targets = try targets(request, platforms, on: interpreter)
            found = found ?? Found(targets: [], interpreter: interpreter)
            for target in targets where found?.targets.contains(target) == false { found?.targets.append(target) }
        }
        guard let found else { throw InterpreterError.noneSuitable(wanted: "", seen: []) }
        return found
    }

    /// The interpreter that is asked for or, since a version is enough to resolve for it, one that is near.
    private func standIn(for request: InterpreterRequest?) async throws -> Interpreter {
        do {
            return try await finder.findHere(request)
        } catch {
            guard let request, let wanted = TargetPython(naming: request) else { throw error }
            let series = try? InterpreterRequest(parsing: "\(wanted.version.major).\(wanted.version.minor)")
            if let series, let near = try? await finder.findHere(series) { return near }
            return try await finder.find()
        }
    }

    private func targets(
        _ request: InterpreterRequest?, _ platforms: [String], on interpreter: Interpreter
    ) throws -> [PythonTarget] {
        let named = request.flatMap { TargetPython(naming: $0) }
        guard platforms.isEmpty else {
            // For another platform 3.11 means the same on every machine, whatever is installed there.
            let python = named?.description ?? interpreter.target.pythonName
            return try platforms.map { platform throws in try PythonTarget(platform: platform, python: python) }
        }
        guard let request, let named, !request.accepts(interpreter) else { return [interpreter.target] }
        return [try PythonTarget(platform: interpreter.target.platformName, python: named.description)]
    }
}

extension TargetPython {
    /// `nil` for a request that does not name one Python: a range, a file, a major version.
    fileprivate init?(naming request: InterpreterRequest) {
        switch request.wanted {
        case .exactly, .series: try? self.init(parsing: request.spelling)
        case .anyVersion, .range, .file: return nil
        }
    }
}
