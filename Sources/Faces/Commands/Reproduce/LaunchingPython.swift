import Diagnostics
import Interpreters
import PythonPackaging

/// Which Python runs the flow file of a run again, and with it the steps that have no environment.
///
/// What was installed beside it is not recorded. So the person's own Python comes first where it is of the same series;
/// otherwise the very version, then one of the series.
struct LaunchingPython {
    let interpreter: Interpreter

    /// - Parameters:
    ///   - version: that of the recorded run, where it is known.
    ///   - named: what the person wants.
    ///   - own: the Python that a flow file is run with here.
    static func find(
        _ version: String?, named: String?, own: String?, by finder: InterpreterFinder
    ) async throws -> LaunchingPython {
        if let named { return LaunchingPython(interpreter: try await finder.find(try InterpreterRequest(parsing: named))) }
        var mine: Interpreter?
        if let own { mine = try? await finder.findHere(try InterpreterRequest(parsing: own)) }
        guard let version else {
            if let mine { return LaunchingPython(interpreter: mine) }
            return LaunchingPython(interpreter: try await finder.find())
        }
        if let mine, series(mine.version.description) == series(version) { return LaunchingPython(interpreter: mine) }
        for text in [version, series(version)] {
            if let found = try? await finder.findHere(try InterpreterRequest(parsing: text)) {
                return LaunchingPython(interpreter: found)
            }
        }
        if let fetched = try? await finder.find(try InterpreterRequest(parsing: series(version))) {
            return LaunchingPython(interpreter: fetched)
        }
        if let mine { return LaunchingPython(interpreter: mine) }
        return LaunchingPython(interpreter: try await finder.find(try InterpreterRequest(parsing: version)))
    }

    /// `3.11` of `3.11.7`
    private static func series(_ version: String) -> String {
        version.split(separator: ".").prefix(2).joined(separator: ".")
    }
}
