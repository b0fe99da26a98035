package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A module that is packed whole, below `.mf_code/`.
package struct PackagedModule: Sendable, Hashable {
    /// The dotted name.
    package var name: String
    /// The folder of a package, or the file of a plain module.
    package var location: FilePath

    package init(name: String, location: FilePath) {
        self.name = name
        self.location = location
    }

    /// Takes the file of an imported module (`module.__file__`). The packages around it, those folders that have an
    /// `__init__.py`, give the first parts of its name.
    package init(file: FilePath) {
        let isPackage = file.stem == "__init__"
        location = isPackage ? file.removingLastComponent() : file
        var parts = [location.stem ?? ""]
        var folder = location.removingLastComponent()
        while access(folder.appending("__init__.py").string, F_OK) == 0, let part = folder.lastComponent {
            parts.insert(part.string, at: 0)
            folder.removeLastComponent()
        }
        name = parts.joined(separator: ".")
    }
}
