/// Something that is odd about an environment although it was built.
public enum EnvironmentWarning: Sendable, Hashable, CustomStringConvertible {
    /// Several packages have this file with different content; the last one's is there.
    case sharedPath(path: String, packages: [String])

    public var description: String {
        switch self {
        case .sharedPath(let path, let packages):
            "\(packages.joined(separator: ", ")) all have a file '\(path)', with different content; "
                + "the one of \(packages.last ?? "the last") is used"
        }
    }
}
