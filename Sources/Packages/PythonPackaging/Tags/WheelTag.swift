/// A compatibility tag of a wheel (PEP 425): `cp312-abi3-manylinux_2_28_x86_64`.
public struct WheelTag: Hashable, Sendable {
    /// The interpreter: `cp312`, `py3`.
    public let python: String
    /// The binary interface: `cp312`, `abi3`, `none`.
    public let abi: String
    /// The platform: `manylinux_2_28_x86_64`, `any`.
    public let platform: String

    /// Makes a tag of its three parts, whose letters become lower case.
    public init(python: String, abi: String, platform: String) {
        self.python = python.lowercased()
        self.abi = abi.lowercased()
        self.platform = platform.lowercased()
    }

    init(lowercasedPython python: String, abi: String, platform: String) {
        self.python = python
        self.abi = abi
        self.platform = platform
    }
}

extension WheelTag: TextCoded {
    /// Reads a single tag: three parts with `-` between them, none compressed.
    public init(parsing text: some StringProtocol) throws(WheelTagError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && !$0.contains(".") }) else {
            throw WheelTagError(text: String(text))
        }
        self.init(python: String(parts[0]), abi: String(parts[1]), platform: String(parts[2]))
    }

    public init(decoding text: String) throws { try self.init(parsing: text) }

    public var description: String { "\(python)-\(abi)-\(platform)" }
}

/// Text that is no single compatibility tag.
public struct WheelTagError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was read.
    public let text: String

    public var description: String {
        "\(text.quoted) is not a wheel tag: expected interpreter, ABI and platform with '-' between them"
    }
}
