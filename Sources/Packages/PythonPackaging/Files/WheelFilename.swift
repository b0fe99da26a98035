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
        let parts = filename.utf8.dropLast(4).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 5 || parts.count == 6 else { throw error(.partCount) }
        let texts = parts.map { Substring($0) }
        guard isName(texts[0]) else { throw error(.name) }
        guard let version = texts[1].withBytes(Version.init(utf8:)) else { throw error(.version(String(texts[1]))) }
        let tagStart = texts.count - 3
        return WheelFilename(
            name: PackageName(normalizing: texts[0]), version: version,
            build: texts.count == 6 ? try build(texts[2]) : nil, pythons: try pythons(texts[tagStart]),
            abis: try components(texts[tagStart + 1]), platforms: try components(texts[tagStart + 2]),
            description: filename)
    }

    /// Letters and digits of any script, `.` and single `_`.
    private func isName(_ text: Substring) -> Bool {
        guard !text.isEmpty else { return false }
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            guard scalar.isIdentifierPart || scalar == ".", !(scalar == "_" && previous == "_") else { return false }
            previous = scalar
        }
        return true
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
        let components = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard components.allSatisfy({ !$0.isEmpty }) else { throw error(.tag(String(text))) }
        var distinct: [String] = []
        for component in components.map({ Substring($0).lowercased() }) where !distinct.contains(component) {
            guard distinct.count < Self.maximumComponents else { throw error(.tag(String(text))) }
            distinct.append(component)
        }
        return distinct
    }

    /// Interpreters have names that Python would accept as a name.
    private func pythons(_ text: Substring) throws(FilenameError) -> [String] {
        let names = try components(text)
        let areNames = names.allSatisfy { name in
            name.unicodeScalars.allSatisfy(\.isIdentifierPart) && name.utf8.first?.isDigit == false
        }
        guard areNames else { throw error(.tag(String(text))) }
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

extension String.UTF8View {
    func hasSuffix(_ suffix: StaticString) -> Bool {
        count >= suffix.utf8CodeUnitCount
            && self.suffix(suffix.utf8CodeUnitCount).elementsEqual(
                UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
    }
}
