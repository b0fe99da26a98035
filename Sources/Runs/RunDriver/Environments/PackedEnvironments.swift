package import Resolution
package import SystemPackage

/// What a code package holds of the environments of a flow's steps.
package struct PackedEnvironments: Sendable {
    /// The uv project that some are of.
    package var project: UVProject?
    /// The texts of locks by their names.
    package private(set) var locks: [String: String] = [:]
    /// Of projects in folders of this machine, by their names.
    package private(set) var wheels: [String: FilePath] = [:]

    package init(project: UVProject? = nil) { self.project = project }

    package mutating func add(_ lock: String, as name: String, wheels: [FilePath]) {
        locks[name] = lock
        for wheel in wheels { self.wheels[wheel.lastComponent?.string ?? ""] = wheel }
    }
}
