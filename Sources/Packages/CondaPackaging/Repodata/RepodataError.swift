/// Bytes that are no repodata, or a record that cannot be used.
public struct RepodataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What should have stood somewhere.
    public enum Expectation: String, Hashable, Sendable {
        case object = "an object"
        case array = "an array"
        case string = "a string"
        case key = "a key"
        case colon = "':'"
        case comma = "',' or the end of the list"
        case value = "a value"
        case integer = "a whole number that is not negative"
        case digest = "a hash in hexadecimal digits"
        case pathType = "hardlink, softlink or directory"
        case entryPoint = "entry points of the form name = module:attribute"
        case end = "the end"
    }

    public enum Problem: Hashable, Sendable {
        /// The bytes end in the middle of something.
        case truncated
        case expected(Expectation)
        /// A control character that is not escaped, in a string.
        case controlCharacter
        case badEscape
        case tooDeep
        /// More bytes than offsets of 32 bits can tell apart.
        case tooLarge
        /// A later version of repodata than is known here.
        case unsupportedVersion(UInt64)
        /// An index that was stored for other repodata, by another version, or that has been changed.
        case damagedIndex
        case missingField(String)
        case badName(CondaNameError)
        case badVersion(CondaVersionError)
        case badSubdir(SubdirError)
        case badArchiveName(ArchiveNameError)
        /// A build string with other characters than letters, digits, `_`, `.` and `+`.
        case badBuild(String)
        /// The name in a record is another one than in the file's name.
        case otherName(String, ArchiveName)
    }

    /// Where, in bytes from 0.
    public let offset: Int
    public let problem: Problem

    public var description: String { "\(reason) (byte \(offset))" }

    private var reason: String {
        switch problem {
        case .truncated: "the repodata ends too early"
        case .expected(let what): "expected \(what.rawValue)"
        case .controlCharacter: "a control character in a string"
        case .badEscape: "an escape that JSON does not have"
        case .tooDeep: "it is nested too deep"
        case .tooLarge: "the repodata is larger than 4 GB"
        case .unsupportedVersion(let version): "repodata of version \(version) is newer than what can be read"
        case .damagedIndex: "the stored index does not belong to the repodata, or is damaged"
        case .missingField(let field): "a record without '\(field)'"
        case .badName(let error): "\(error)"
        case .badVersion(let error): "\(error)"
        case .badSubdir(let error): "\(error)"
        case .badArchiveName(let error): "\(error)"
        case .badBuild(let build): "\(build.quoted) is not a build string"
        case .otherName(let name, let file): "the record of '\(file)' is about \(name.quoted)"
        }
    }
}
