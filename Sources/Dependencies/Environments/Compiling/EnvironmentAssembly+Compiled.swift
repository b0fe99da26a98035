import Archives
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension EnvironmentAssembly {
    /// Links what was compiled of wheels to where Python looks for it: in `__pycache__` beside each module. Blocks.
    func link(_ compiled: [CompiledWheel?], of wheels: [UnpackedWheel]) throws(EnvironmentError) {
        let root = try Folder(draft)
        for (wheel, compiled) in zip(wheels, compiled) {
            guard let compiled, !compiled.list.isEmpty else { continue }
            let method = try method(from: compiled.folder.appending(CompiledWheel.listName), to: root)
            let names = Dictionary(grouping: compiled.list.map { FilePath($0.path) }) { $0.removingLastComponent().string }
            for group in wheel.manifest.groups where group.scheme.isLibrary {
                let place = paths.path(
                    of: InstallTarget(scheme: group.scheme, path: group.folder), project: wheel.manifest.project)
                let folder = group.source.isEmpty ? "__pycache__" : "\(group.source)/__pycache__"
                guard let files = names[folder] else { continue }
                let source = try Folder(compiled.files.pushing(FilePath(folder)))
                let target = try root.folder(place.isEmpty ? "__pycache__" : "\(place)/__pycache__")
                for name in files.compactMap(\.lastComponent?.string) {
                    let code = method.place(name, from: source.descriptor, to: target.descriptor)
                    // Where two packages have a module, Python sees which of the two was compiled.
                    if code != 0, code != EEXIST { throw .system(operation: "link", path: "\(place)/\(name)", code: code) }
                }
            }
        }
    }
}
