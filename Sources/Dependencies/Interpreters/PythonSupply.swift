public import SystemPackage

/// Has Pythons beside those of the machine and those that are fetched as standalone builds.
public protocol PythonSupply: Sendable {
    /// Puts a Python on this machine, unless it is there, and tells where its binary is.
    ///
    /// - Parameter isOffline: whether nothing may come from another machine.
    /// - Returns: `nil` where nobody has configured it, or it has none of that kind.
    /// - Throws: What a person should be told: why it has none that suits, or could not get it.
    func python(for request: InterpreterRequest, isOffline: Bool) async throws -> FilePath?
}
