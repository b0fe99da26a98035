package import Digests
package import PythonPackaging
package import SystemPackage

/// A wheel that an environment needs.
package struct WheelOrder: Sendable {
    /// The project and its version, for messages.
    package var project: String
    package var filename: WheelFilename
    package var sha256: SHA256Digest
    /// In bytes, if known.
    package var size: Int64?
    /// Where it can be had.
    package var url: String
    /// Where it lies on this machine already.
    package var file: FilePath?
    /// What `direct_url.json` shall say (PEP 610), for what does not come from an index.
    package var origin: DirectOrigin?

    package init(
        project: String, filename: WheelFilename, sha256: SHA256Digest, size: Int64? = nil, url: String = "",
        file: FilePath? = nil, origin: DirectOrigin? = nil
    ) {
        self.project = project
        self.filename = filename
        self.sha256 = sha256
        self.size = size
        self.url = url
        self.file = file
        self.origin = origin
    }
}
