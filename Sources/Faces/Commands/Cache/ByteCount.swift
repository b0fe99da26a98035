import ArgumentParser

/// A number of bytes as a person types it: `500MB`, `10GB`, `8GiB`, `1.5 TB`; bytes where no unit is named.
struct ByteCount {
    let bytes: Int64

    private static let units: [(String, Double)] = [
        ("", 1), ("b", 1), ("k", 1e3), ("kb", 1e3), ("m", 1e6), ("mb", 1e6), ("g", 1e9), ("gb", 1e9), ("t", 1e12), ("tb", 1e12),
        ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
    ]

    init(typed text: String) throws {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
        guard let value = Double(number), let factor = Self.units.first(where: { $0.0 == unit })?.1, value * factor < 9e18 else {
            throw ValidationError("'\(text)' is no size; write 500MB, 10GB or 8GiB")
        }
        bytes = Int64(value * factor)
    }
}
