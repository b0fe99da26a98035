internal import PythonPackaging

/// Parts of wheel tags in plain words.
enum TagWords {
    /// `CPython 3.9` for `cp39`, `macOS 11.0 arm64` for `macosx_11_0_arm64`; anything else as it is.
    static func text(_ part: String) -> String { python(part) ?? platform(part) ?? part }

    /// Several of them: `CPython 3.8 to 3.11 and macOS 11.0 arm64`.
    static func list(_ parts: Set<String>) -> String {
        var minors: [String: [Int]] = [:]
        var others: Set<String> = []
        for text in parts.map(text) {
            let words = text.split(separator: " ")
            guard words.count == 2, words[1].hasPrefix("3."), let minor = Int(words[1].dropFirst(2)) else {
                others.insert(text)
                continue
            }
            minors[String(words[0]), default: []].append(minor)
        }
        let pythons = minors.sorted { $0.key < $1.key }.map { name, list in
            let stretches = Self.stretches(list.sorted()).map { stretch in
                switch stretch.count {
                case 1: "3.\(stretch.lowerBound)"
                case 2 where list.count == 2: "3.\(stretch.lowerBound) and 3.\(stretch.upperBound)"
                default: "3.\(stretch.lowerBound) to 3.\(stretch.upperBound)"
                }
            }
            return "\(name) \(stretches.listed("and"))"
        }
        return (pythons + sorted(others)).listed("and", limit: 6)
    }

    private static func stretches(_ numbers: [Int]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = result.last, number <= last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...number
            } else {
                result.append(number...number)
            }
        }
        return result
    }

    /// In the order of names and of numbers in them.
    static func sorted(_ texts: some Sequence<String>) -> [String] {
        texts.sorted { left, right in
            let (a, b) = (key(left), key(right))
            return a.0 != b.0 ? a.0 < b.0 : a.1.lexicographicallyPrecedes(b.1)
        }
    }

    private static func key(_ text: String) -> (Substring, [Int]) {
        (text.prefix { !$0.isNumber }, text.split { !$0.isNumber }.compactMap { Int($0) })
    }

    private static func python(_ part: String) -> String? {
        for (prefix, name) in [("cp", "CPython"), ("pp", "PyPy"), ("py", "Python")] where part.hasPrefix(prefix) {
            let rest = part.dropFirst(prefix.count)
            let digits = rest.prefix { $0.isNumber }
            guard let major = digits.first, ["", "m", "mu"].contains(rest.dropFirst(digits.count)) else { return nil }
            return digits.count == 1 ? "\(name) \(major)" : "\(name) \(major).\(digits.dropFirst())"
        }
        return nil
    }

    private static func platform(_ part: String) -> String? {
        switch part {
        case "win_amd64": return "Windows x86-64"
        case "win32": return "Windows x86"
        case "win_arm64": return "Windows arm64"
        default: break
        }
        for (prefix, glibc) in [("manylinux1_", "2.5"), ("manylinux2010_", "2.12"), ("manylinux2014_", "2.17")]
        where part.hasPrefix(prefix) {
            return "Linux \(part.dropFirst(prefix.count)) (glibc \(glibc))"
        }
        let words = part.split(separator: "_", maxSplits: 3)
        guard words.count == 4, Int(words[1]) != nil, Int(words[2]) != nil else { return nil }
        switch words[0] {
        case "manylinux": return "Linux \(words[3]) (glibc \(words[1]).\(words[2]))"
        case "musllinux": return "Linux \(words[3]) (musl \(words[1]).\(words[2]))"
        case "macosx": return "macOS \(words[1]).\(words[2]) \(words[3])"
        default: return nil
        }
    }
}
