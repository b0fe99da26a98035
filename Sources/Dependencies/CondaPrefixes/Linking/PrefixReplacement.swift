/// Writes the path of an environment over the placeholder that a package was built with.
struct PrefixReplacement {
    /// The final path of the environment.
    let prefix: [UInt8]
    let placeholder: [UInt8]

    init(placeholder: String, prefix: String) {
        self.placeholder = Array(placeholder.utf8)
        self.prefix = Array(prefix.utf8)
    }

    /// In text: every occurrence. A first line that kernels would not take is written in another way (`Shebang`).
    ///
    /// - Returns: `nil` where the placeholder does not occur.
    func inText(_ content: [UInt8]) -> [UInt8]? {
        let found = occurrences(in: content[...])
        guard !found.isEmpty else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var start = 0
        for place in found {
            result += content[start..<place]
            result += prefix
            start = place + placeholder.count
        }
        result += content[start...]
        return Self.withSoundShebang(result)
    }

    /// In a binary file: each text up to its NUL keeps its length, as NULs take the room that becomes free.
    ///
    /// - Returns: `nil` where the placeholder does not occur.
    func inBinary(_ content: [UInt8]) -> [UInt8]? {
        let found = occurrences(in: content[...])
        guard !found.isEmpty, prefix.count <= placeholder.count else { return nil }
        var result = content
        var next = 0
        while next < found.count {
            let first = found[next]
            let end = content[first...].firstIndex(of: 0) ?? content.count
            var places: [Int] = []
            while next < found.count, found[next] < end {
                places.append(found[next])
                next += 1
            }
            var text: [UInt8] = []
            var start = first
            for place in places {
                text += content[start..<place]
                text += prefix
                start = place + placeholder.count
            }
            text += content[start..<end]
            text += [UInt8](repeating: 0, count: end - first - text.count)
            result.replaceSubrange(first..<end, with: text)
        }
        return result
    }

    private func occurrences(in content: ArraySlice<UInt8>) -> [Int] {
        guard let first = placeholder.first, content.count >= placeholder.count else { return [] }
        var places: [Int] = []
        content.withUnsafeBufferPointer { bytes in
            var index = 0
            let last = bytes.count - placeholder.count
            while index <= last {
                if bytes[index] == first, bytes[index..<index + placeholder.count].elementsEqual(placeholder) {
                    places.append(index)
                    index += placeholder.count
                } else {
                    index += 1
                }
            }
        }
        return places
    }

    private static func withSoundShebang(_ content: [UInt8]) -> [UInt8] {
        guard content.starts(with: Array("#!".utf8)) else { return content }
        let end = content.firstIndex(of: UInt8(ascii: "\n")) ?? content.count
        guard let shebang = Shebang(parsing: String(decoding: content[..<end], as: UTF8.self)), !shebang.isSound else { return content }
        return Array(shebang.lines.utf8) + content[end...]
    }
}
