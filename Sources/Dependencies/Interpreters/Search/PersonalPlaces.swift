package import SystemPackage

/// Folders that variables name.
package struct PersonalPlaces: Sendable {
    let environment: [String: String]

    package init(environment: [String: String]) { self.environment = environment }

    package var home: FilePath? { folder(in: "HOME") }

    /// `$XDG_DATA_HOME`, else `~/.local/share`.
    package var data: FilePath? {
        folder(in: "XDG_DATA_HOME") ?? home?.appending(".local").appending("share")
    }

    /// Where Penstock keeps the Pythons that it has fetched: `$PENSTOCK_PYTHON_DIR`, else `penstock/pythons` in the data
    /// folder. No part of the cache, since environments at places of the person's own choice rest on them.
    package var fetchedPythons: FilePath? {
        folder(in: "PENSTOCK_PYTHON_DIR") ?? data?.appending("penstock").appending("pythons")
    }

    /// `nil` for a relative path: it would mean another folder for every working directory, and the XDG specification
    /// wants it ignored.
    package func folder(in variable: String) -> FilePath? {
        guard let value = environment[variable], value.hasPrefix("/") else { return nil }
        return FilePath(value)
    }

    /// The absolute entries of a search path.
    package func folders(in variable: String) -> [FilePath] {
        (environment[variable] ?? "").split(separator: ":").map { FilePath(String($0)) }.filter(\.isAbsolute)
    }
}
