/// The layout of a project page in the cache.
///
/// A header, one record a version in descending order, one record a file grouped by version, and the texts that the
/// records point to. Numbers are little-endian. The file is mapped and looked at in place; a text becomes a `String`
/// only when somebody asks for it. The time of the last validation is the file's modification time, so that a page
/// which is still current (status 304) does not have to be written again.
enum ListingFormat {
    /// `PENPSG` and the number of the layout.
    static let magic: UInt64 = 0x0002_4753_504e_4550

    enum Header {
        static let magic = 0
        /// CRC-32 of everything behind this field.
        static let checksum = 8
        static let flags = 12
        static let totalSize = 16
        static let versionCount = 20
        static let fileCount = 24
        static let stringsOffset = 28
        /// Seconds of freshness after the last validation.
        static let lifetime = 32
        static let entityTag = 36
        static let lastModified = 44
        static let status = 52
        static let statusReason = 60
        /// Seconds after the lifetime in which the page may serve while the server fails (RFC 5861).
        static let staleIfError = 68
        static let size = 72
    }

    enum HeaderFlags {
        /// The index does not know the project.
        static let isMissing: UInt32 = 1
    }

    enum VersionRecord {
        static let text = 0
        static let firstFile = 8
        static let fileCount = 12
        static let flags = 16
        static let size = 20
    }

    enum VersionFlags {
        static let hasWheels: UInt32 = 1
        static let hasSdists: UInt32 = 2
        /// All files of the version are yanked.
        static let isYanked: UInt32 = 4
    }

    enum FileRecord {
        static let flags = 0
        static let filename = 4
        static let urlStart = 12
        static let urlMiddle = 20
        static let requiresPython = 28
        static let uploadTime = 36
        static let yankedReason = 44
        static let otherHashes = 52
        static let size = 60
        static let sha256 = 68
        static let metadataSHA256 = 100
        static let recordSize = 132
    }

    enum FileFlags {
        static let isYanked: UInt32 = 1
        static let hasSHA256: UInt32 = 2
        static let hasMetadata: UInt32 = 4
        static let hasMetadataSHA256: UInt32 = 8
        static let hasSize: UInt32 = 16
        /// The address is start, middle and filename; else only start and middle.
        static let endsWithFilename: UInt32 = 32
    }

    /// A text is its offset behind `stringsOffset` and its length; this length says that there is none.
    static let absent = UInt32.max
}
