/// What the file name of a wheel says (PEP 427): `torch-2.1.0+cpu-cp312-cp312-linux_x86_64.whl`.
public struct WheelFilename: Sendable, Hashable {
    public let name: PackageName
    public let version: Version
    /// The build number, which decides between wheels of one version.
    public let build: BuildNumber?
    /// The interpreters, binary interfaces and platforms, each once and in lower case; every combination is a tag of the
    /// wheel.
    public let pythons: [String]
    public let abis: [String]
    public let platforms: [String]
    /// The file name.
    public let description: String

    /// Every tag of the wheel.
    public var tags: [WheelTag] {
        pythons.flatMap { python in
            abis.flatMap { abi in
                platforms.map { WheelTag(lowercasedPython: python, abi: abi, platform: $0) }
            }
        }
    }
}

/// The build number of a wheel: a number, and text to decide between equal ones.
public struct BuildNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    let number: VersionNumber
    public let suffix: String

    /// The number, `UInt64.max` for one that is larger.
    public var value: UInt64 { number.clamped }

    public var description: String { "\(number)\(suffix)" }

    public static func < (left: Self, right: Self) -> Bool {
        left.number != right.number
            ? left.number < right.number : left.suffix.utf8.lexicographicallyPrecedes(right.suffix.utf8)
    }
}

extension WheelFilename: TextCoded {
    /// Reads the name of a file, without a folder.
    public init(parsing filename: some StringProtocol) throws(FilenameError) {
        let parser = WheelFilenameParser(filename: String(filename))
        self = try parser.parse()
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }
}

private struct WheelFilenameParser {
    let filename: String

    /// Compressed parts multiply to tags; nobody needs this many.
    private static let maximumComponents = 32

    func parse() throws(FilenameError) -> WheelFilename {
        guard filename.utf8.hasSuffix(".whl") else { throw error(.extension) }
        // The name becomes one on disk.
        guard !filename.utf8.contains(where: \.isUnsafeInFilename) else { throw error(.name) }
        let dashes = filename.utf8.indices.filter { filename.utf8[$0] == UInt8(ascii: "-") }
        guard dashes.count == 4 || dashes.count == 5 else { throw error(.partCount) }
        let last = dashes.count - 1
        let end = filename.utf8.index(filename.endIndex, offsetBy: -4)
        let name = filename[..<dashes[0]]
        guard isName(name) else { throw error(.name) }
        let version = part(from: dashes[0], to: dashes[1])
        guard let parsedVersion = version.withBytes(Version.init(utf8:)) else { throw error(.version(String(version))) }
        return WheelFilename(
            name: PackageName(normalizing: name), version: parsedVersion,
            build: last == 4 ? try build(part(from: dashes[1], to: dashes[2])) : nil,
            pythons: try pythons(part(from: dashes[last - 2], to: dashes[last - 1])),
            abis: try components(part(from: dashes[last - 1], to: dashes[last])),
            platforms: try components(part(from: dashes[last], to: end)), description: filename)
    }

    /// What stands between a dash and the next.
    private func part(from dash: String.Index, to end: String.Index) -> Substring {
        filename[filename.utf8.index(after: dash)..<end]
    }

    /// Letters and digits of any script, `.` and single `_`.
    private func isName(_ text: Substring) -> Bool {
        guard !text.isEmpty else { return false }
        var previous: UInt8 = 0
        var isASCII = true
        for byte in text.utf8 {
            if byte >= 0x80 { isASCII = false }
            guard byte.isWord || byte == UInt8(ascii: "."), byte != UInt8(ascii: "_") || previous != byte else {
                return false
            }
            previous = byte
        }
        return isASCII || text.unicodeScalars.allSatisfy { $0.isIdentifierPart || $0 == "." }
    }

    private func build(_ text: Substring) throws(FilenameError) -> BuildNumber {
        let parsed = text.withBytes { bytes -> BuildNumber? in
            let digits = bytes.prefix(while: \.isDigit)
            guard !digits.isEmpty else { return nil }
            let suffix = String(decoding: bytes[digits.endIndex...], as: UTF8.self)
            return BuildNumber(number: VersionNumber(digits: digits), suffix: suffix)
        }
        guard let parsed else { throw error(.build(String(text))) }
        return parsed
    }

    private func components(_ text: Substring) throws(FilenameError) -> [String] {
        var distinct: [String] = []
        for component in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            let component = Self.lowercased(Substring(component))
            guard !component.isEmpty, distinct.count < Self.maximumComponents else { throw error(.tag(String(text))) }
            if !distinct.contains(component) { distinct.append(component) }
        }
        return distinct
    }

    /// Tags are nearly always in lower case already.
    private static func lowercased(_ text: Substring) -> String {
        text.utf8.allSatisfy { $0 < 0x80 && $0.lowercased == $0 } ? String(text) : text.lowercased()
    }

    /// Interpreters have names that Python would accept as a name.
    private func pythons(_ text: Substring) throws(FilenameError) -> [String] {
        let names = try components(text)
        for name in names {
            let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
            guard name.utf8.first?.isDigit == false, name.utf8.allSatisfy(\.isWord),
                isASCII || name.unicodeScalars.allSatisfy(\.isIdentifierPart)
            else { throw error(.tag(String(text))) }
        }
        return names
    }

    private func error(_ problem: FilenameError.Problem) -> FilenameError {
        FilenameError(filename: filename, problem: problem)
    }
}

extension Unicode.Scalar {
    /// Whether the scalar can stand in a name of a programming language.
    fileprivate var isIdentifierPart: Bool {
        value < 0x80 ? self == "_" || UInt8(value).isAlphanumeric : properties.isXIDContinue
    }
}

extension UInt8 {
    /// What must not be in the name of a file that somebody else has chosen.
    package var isUnsafeInFilename: Bool {
        self == UInt8(ascii: "/") || self == UInt8(ascii: "\\") || self < 0x20
    }
}

extension String.UTF8View {
    func hasSuffix(_ suffix: StaticString) -> Bool {
        count >= suffix.utf8CodeUnitCount
            && self.suffix(suffix.utf8CodeUnitCount).elementsEqual(
                UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
    }
}
