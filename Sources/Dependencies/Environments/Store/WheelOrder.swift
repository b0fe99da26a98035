package import Digests
package import PythonPackaging

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

    package init(
        project: String, filename: WheelFilename, sha256: SHA256Digest, size: Int64? = nil, url: String = ""
    ) {
        self.url = url
        self.project = project
        self.filename = filename
        self.sha256 = sha256
        self.size = size
    }
}
