import Digests
import PythonPackaging
import SystemPackage

/// A wheel that an environment needs.
struct WheelOrder: Sendable {
    /// The project and its version, for messages.
    var project: String
    var filename: WheelFilename
    var sha256: SHA256Digest
    /// In bytes, if known.
    var size: Int64?
}
