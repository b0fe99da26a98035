import SystemPackage

/// A file that may be a Python, and what its place tells about it.
struct Candidate: Hashable, Sendable {
    var path: FilePath
    /// The series that the name of the file or of its folder promises; saves asking those that cannot fit.
    var series: Series?

    struct Series: Hashable, Sendable {
        var major: UInt64
        var minor: UInt64

        /// Reads the first `3.11` in a name such as `python3.11`, `3.11.7`, `cpython-3.11.9-linux-x86_64-gnu`.
        init?(in name: some StringProtocol) {
            let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            let utf8 = Array(name.utf8)
            guard let start = utf8.firstIndex(where: isDigit) else { return nil }
            let major = utf8[start...].prefix(while: isDigit)
            guard major.endIndex < utf8.count, utf8[major.endIndex] == UInt8(ascii: ".") else { return nil }
            let minor = utf8[(major.endIndex + 1)...].prefix(while: isDigit)
            guard let first = UInt64(String(decoding: major, as: UTF8.self)),
                let second = UInt64(String(decoding: minor, as: UTF8.self))
            else { return nil }
            self.major = first
            self.minor = second
        }
    }
}
