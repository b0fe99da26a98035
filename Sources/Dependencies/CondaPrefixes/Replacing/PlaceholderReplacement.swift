import CondaPackaging

/// Writes the path of an environment in the place of the one that a package was built in.
struct PlaceholderReplacement {
    private let placeholder: [UInt8]
    private let prefix: [UInt8]

    init(_ placeholder: String, prefix: String) {
        self.placeholder = Array(placeholder.utf8)
        self.prefix = Array(prefix.utf8)
    }

    /// In a text: every occurrence, and the first line where it would be too long for the system.
    func inText(_ content: [UInt8]) -> [UInt8] {
        let places = occurrences(in: content)
        guard !places.isEmpty else { return content }
        var result: [UInt8] = []
        result.reserveCapacity(content.count + places.count * max(0, prefix.count - placeholder.count))
        var start = 0
        for place in places {
            result += content[start..<place]
            result += prefix
            start = place + placeholder.count
        }
        result += content[start...]
        return Shebang.shortened(result)
    }

    /// In a program: every occurrence within a text that ends with NUL; what becomes shorter is padded with NUL, so that
    /// nothing else moves. `nil` where the prefix is longer than its place.
    func inBinary(_ content: [UInt8]) -> [UInt8]? {
        let places = occurrences(in: content)
        guard !places.isEmpty else { return content }
        guard prefix.count <= placeholder.count else { return nil }
        var result = content
        var number = 0
        while number < places.count {
            // All occurrences of one text shift what is behind them.
            let first = places[number]
            let end = content[first...].firstIndex(of: 0) ?? content.count
            var write = first
            var read = first
            while read < end {
                if number < places.count, places[number] == read {
                    for byte in prefix {
                        result[write] = byte
                        write += 1
                    }
                    read += placeholder.count
                    number += 1
                } else {
                    result[write] = content[read]
                    write += 1
                    read += 1
                }
            }
            while write < end {
                result[write] = 0
                write += 1
            }
        }
        return result
    }

    /// Where the placeholder begins, without overlaps.
    private func occurrences(in content: [UInt8]) -> [Int] {
        guard let first = placeholder.first, content.count >= placeholder.count else { return [] }
        var places: [Int] = []
        content.withUnsafeBufferPointer { content in
            placeholder.withUnsafeBufferPointer { placeholder in
                var place = 0
                let last = content.count - placeholder.count
                while place <= last {
                    guard let found = content.firstPlace(of: first, from: place), found <= last else { return }
                    if content.hasBytes(placeholder, at: found) {
                        places.append(found)
                        place = found + placeholder.count
                    } else {
                        place = found + 1
                    }
                }
            }
        }
        return places
    }
}
