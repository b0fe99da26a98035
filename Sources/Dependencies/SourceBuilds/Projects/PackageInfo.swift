package import PythonPackaging

/// PKG-INFO, the metadata that a source distribution carries (PEP 241 and what followed).
package enum PackageInfo {
    static let name = "PKG-INFO"

    /// Fields of which a build must not change anything for the metadata to be trusted, in lower case.
    private static let needed: Set = ["requires-dist", "requires-python", "provides-extra", "version", "name"]

    /// The metadata that a build would give, where the file promises that (PEP 643); otherwise `nil`. Blocks.
    package static func staticMetadata(in folder: ProjectFolder) -> CoreMetadata? {
        guard let bytes = folder.read(name), let metadata = try? CoreMetadata(parsing: bytes),
            isPromise(metadata.metadataVersion), needed.isDisjoint(with: metadata.dynamic)
        else { return nil }
        return metadata
    }

    /// Before 2.2 nothing could be promised; a later major version may mean anything.
    private static func isPromise(_ version: String) -> Bool {
        let parts = version.split(separator: ".").map { Int($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return false }
        return major == 2 && minor >= 2
    }
}

extension CoreMetadata {
    /// The headers that were read, as a METADATA file.
    package var text: String {
        var lines = ["Metadata-Version: \(metadataVersion)", "Name: \(name)", "Version: \(version)"]
        if let requiresPython { lines.append("Requires-Python: \(requiresPython)") }
        lines += requiresDist.map { "Requires-Dist: \($0)" }
        lines += providesExtra.map { "Provides-Extra: \($0)" }
        lines += dynamic.map { "Dynamic: \($0)" }
        return lines.map { $0.replacing("\n", with: " ").replacing("\r", with: " ") + "\n" }.joined()
    }
}
