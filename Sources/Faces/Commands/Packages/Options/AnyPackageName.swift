import ArgumentParser
import CondaPackaging
import PythonPackaging

/// The name of a package of either world, as it was typed: `numpy`, `ruamel.yaml`, `_libgcc_mutex`.
struct AnyPackageName: Sendable, Hashable, CustomStringConvertible {
    /// As a project of Python; `nil` where no project has such a name.
    let project: PackageName?
    /// As a package of conda; `nil` where none has such a name.
    let conda: CondaName?

    /// - Throws: `ValidationError` for what is a name in neither world.
    init(_ text: String) throws {
        project = try? PackageName(parsing: text)
        conda = try? CondaName(parsing: text)
        if project == nil, conda == nil { _ = try PackageName(argument: text) }
    }

    var description: String { project?.description ?? conda?.description ?? "" }
}
