package import PythonPackaging
package import SystemPackage

/// Looks a wheel over before anybody installs it.
package enum WheelCheck {
    /// The core metadata of a wheel whose archive, name and `.dist-info` are sound. Blocks.
    ///
    /// Its files are compared with RECORD when it is unpacked.
    package static func metadata(of file: FilePath, filename: WheelFilename) throws(WheelFault) -> CoreMetadata {
        try WheelArchive(file, filename: filename).metadata
    }
}
