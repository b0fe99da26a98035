/// The file name of a wheel or a source distribution.
public enum DistributionFilename: Sendable, Hashable {
    case wheel(WheelFilename)
    case sdist(SdistFilename)

    public var name: PackageName {
        switch self {
        case .wheel(let wheel): wheel.name
        case .sdist(let sdist): sdist.name
        }
    }

    public var version: Version {
        switch self {
        case .wheel(let wheel): wheel.version
        case .sdist(let sdist): sdist.version
        }
    }
}

extension DistributionFilename: TextCoded {
    /// Reads the name of a file; its extension tells which of the two it is.
    public init(parsing filename: some StringProtocol) throws(FilenameError) {
        self =
            String(filename).utf8.hasSuffix(".whl")
            ? .wheel(try WheelFilename(parsing: filename)) : .sdist(try SdistFilename(parsing: filename))
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }

    public var description: String {
        switch self {
        case .wheel(let wheel): wheel.description
        case .sdist(let sdist): sdist.description
        }
    }
}

/// A file name that is not of the form that wheels or source distributions have.
public struct FilenameError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        /// Neither `.whl` nor `.tar.gz` nor `.zip`, as it would have to be.
        case `extension`
        /// Too few or too many parts between the dashes.
        case partCount
        /// The first part is no name of a package.
        case name
        case version(String)
        case build(String)
        case tag(String)
    }

    /// What was read.
    public let filename: String
    public let problem: Problem

    public var description: String { "\(filename.quoted) is not the name of a distribution: \(reason)" }

    private var reason: String {
        switch problem {
        case .extension: "it ends in none of .whl, .tar.gz and .zip"
        case .partCount: "it has the wrong number of parts between dashes"
        case .name: "it does not begin with the name of a package"
        case .version(let text): "\(text.quoted) is not a version (PEP 440)"
        case .build(let text): "the build number \(text.quoted) does not begin with a digit"
        case .tag(let text): "\(text.quoted) is not part of a compatibility tag"
        }
    }
}
