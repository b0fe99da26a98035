/// The places that files of a wheel can go to (the folders of `.data` in the binary distribution format).
enum InstallScheme: UInt8, Sendable, Hashable, CaseIterable {
    case pureLibrary
    case platformLibrary
    case scripts
    /// Relative to the environment's root.
    case data
    case headers

    /// The name of the folder in `.data`.
    init?(folder: some StringProtocol) {
        switch folder {
        case "purelib": self = .pureLibrary
        case "platlib": self = .platformLibrary
        case "scripts": self = .scripts
        case "data": self = .data
        case "headers": self = .headers
        default: return nil
        }
    }
}

/// Where a file of a wheel goes.
struct InstallTarget: Hashable, Sendable {
    var scheme: InstallScheme
    /// Relative to the scheme's folder.
    var path: String
}
