import Digests
import PythonPackaging

extension PyLock {
    /// The lock as a `pylock.toml`. The same value always gives the same text.
    public var text: String {
        var writer = PyLockWriter()
        writer.write(self)
        return writer.text
    }
}

/// Writes a lock, keys in the order of PEP 751.
private struct PyLockWriter {
    private(set) var text = ""

    mutating func write(_ lock: PyLock) {
        line("lock-version", string(PyLock.formatVersion))
        if !lock.environments.isEmpty { line("environments", array(lock.environments)) }
        if let python = lock.requiresPython { line("requires-python", string(python)) }
        line("created-by", string(lock.createdBy))
        for package in lock.packages.sorted(by: { ($0.name, $0.version) < ($1.name, $1.version) }) { write(package) }
        if let origin = lock.origin { write(origin) }
    }

    private mutating func write(_ package: LockedPackage) {
        text += "\n[[packages]]\n"
        line("name", string(package.name.description))
        line("version", string(package.version.description))
        if let marker = package.marker { line("marker", string(marker)) }
        if let python = package.requiresPython { line("requires-python", string(python)) }
        if !package.dependencies.isEmpty {
            let names = package.dependencies.sorted().map { "{ name = \(string($0.description)) }" }
            line("dependencies", "[\n" + names.map { "    \($0),\n" }.joined() + "]")
        }
        if let index = package.index { line("index", string(index)) }
        let wheels = package.wheels.sorted { $0.filename < $1.filename }.map(inline)
        line("wheels", "[\n" + wheels.map { "    \($0),\n" }.joined() + "]")
    }

    private func inline(_ wheel: LockedWheel) -> String {
        var members = ["name = \(string(wheel.filename))"]
        if let time = wheel.uploadTime, isMoment(time) { members.append("upload-time = \(time)") }
        members.append("url = \(string(wheel.url))")
        if let size = wheel.size { members.append("size = \(size)") }
        members.append("hashes = { sha256 = \(string(wheel.sha256.hex)) }")
        return "{ " + members.joined(separator: ", ") + " }"
    }

    private mutating func write(_ origin: LockOrigin) {
        text += "\n[tool.penstock]\n"
        line("requirements", array(origin.requirements))
        line("python", string(origin.python))
        line("platform", string(origin.platform))
    }

    private mutating func line(_ key: String, _ value: String) {
        text += "\(key) = \(value)\n"
    }

    private func array(_ texts: [String]) -> String {
        "[" + texts.map(string).joined(separator: ", ") + "]"
    }

    /// A basic string (TOML 1.0).
    private func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// `2026-01-02T03:04:05.678Z`: what may stand unquoted. The index is not trusted to send one.
    private func isMoment(_ text: String) -> Bool {
        text.utf8.count >= 20 && text.utf8.count <= 40 && text.utf8.last == UInt8(ascii: "Z")
            && text.utf8.enumerated().allSatisfy { position, byte in
                switch position {
                case 4, 7: byte == UInt8(ascii: "-")
                case 10: byte == UInt8(ascii: "T")
                case 13, 16: byte == UInt8(ascii: ":")
                case 19: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "Z")
                case text.utf8.count - 1: true
                default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }
            }
    }
}
