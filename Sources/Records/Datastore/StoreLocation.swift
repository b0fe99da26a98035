package import SystemPackage

/// The folder that holds a project's runs, and the places in it.
package struct StoreLocation: Sendable, Hashable {
    /// The name of the folder.
    package static let folderName = ".penstock"

    /// The folder itself, absolute.
    package var root: FilePath

    package init(root: FilePath) {
        self.root = root
    }

    package var ledger: FilePath { root.appending("ledger.sqlite") }
    package var blobs: FilePath { root.appending("blobs") }
    package var packs: FilePath { root.appending("packs") }
    package var logs: FilePath { root.appending("logs") }
    /// Where running tasks make unlinked files for large artifacts, on the file system of the blobs.
    package var staging: FilePath { root.appending("staging") }
    /// Locked by those who put blobs (`StoreHold`).
    var writers: FilePath { root.appending("writers.lock") }

    /// Finds the folder of this project: below `PENSTOCK_ROOT` or `METAFLOW_DATASTORE_SYSROOT_LOCAL` when one is set,
    /// else the nearest from the working directory upward, else the one to be made in the working directory.
    ///
    /// Nothing is made on disk; see `prepare()`.
    package static func discover(environment: [String: String], workingDirectory: FilePath) -> StoreLocation {
        for variable in ["PENSTOCK_ROOT", "METAFLOW_DATASTORE_SYSROOT_LOCAL"] {
            if let value = environment[variable], !value.isEmpty {
                let parent = workingDirectory.pushing(FilePath(value)).lexicallyNormalized()
                return StoreLocation(root: parent.appending(folderName))
            }
        }
        var folder = workingDirectory.lexicallyNormalized()
        repeat {
            let candidate = folder.appending(folderName)
            if isFolder(candidate) { return StoreLocation(root: candidate) }
        } while folder.removeLastComponent()
        return StoreLocation(root: workingDirectory.lexicallyNormalized().appending(folderName))
    }

    /// Whether there is such a folder already.
    package var exists: Bool { isFolder(root) }

    /// Makes the folder, with `staging`, where they are missing.
    package func prepare() throws(DatastoreError) {
        try makeFolder(staging)
    }

    /// The log file of a run.
    package func log(flow: String, run: String) throws(DatastoreError) -> FilePath {
        try logs.appending(component(flow)).appending("\(component(run)).log")
    }

    /// Names of flows and runs become file names; one that would lead elsewhere is refused.
    private func component(_ name: String) throws(DatastoreError) -> String {
        let isSafe = !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 200
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
        guard isSafe else { throw DatastoreError(path: logs.string, .unusableName(name)) }
        return name
    }
}
