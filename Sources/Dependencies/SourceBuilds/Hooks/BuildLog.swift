import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What builds print, in a file of the cache.
struct BuildLog: Sendable {
    let path: FilePath

    /// The last lines, each cut at 300 characters. Reads no more than the end of the file. Blocks.
    func lastLines(_ count: Int = 12) -> [String] {
        Array(end(64 << 10).split(whereSeparator: \.isNewline).suffix(count).map { String($0.prefix(300)) })
    }

    /// What is certainly missing, as advice; `nil` where nothing is certain. Blocks.
    func hint() -> String? { BuildHint.find(in: end(1 << 20)) }

    private func end(_ count: Int) -> String {
        let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let start = max(0, size - count)
        lseek(descriptor, off_t(start), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: max(0, min(count, size)))
        var filled = 0
        while filled < bytes.count {
            let offset = filled
            let part = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            }
            if part <= 0 { break }
            filled += part
        }
        return String(decoding: bytes.prefix(filled), as: UTF8.self)
    }
}

/// Advice out of what compilers and Python say when something is not there.
package enum BuildHint {
    package static func find(in output: String) -> String? {
        for line in output.split(whereSeparator: \.isNewline) {
            if let hint = header(line) ?? program(line) ?? module(line) { return hint }
        }
        return nil
    }

    // gcc: `fatal error: libpq-fe.h: No such file or directory`; clang: `fatal error: 'libpq-fe.h' file not found`.
    private static func header(_ line: Substring) -> String? {
        guard let marker = line.firstRange(of: "fatal error: ") else { return nil }
        let rest = line[marker.upperBound...]
        let name: Substring
        if let end = rest.firstRange(of: ": No such file or directory") {
            name = rest[..<end.lowerBound]
        } else if rest.hasPrefix("'"), let end = rest.firstRange(of: "' file not found") {
            name = rest[rest.index(after: rest.startIndex)..<end.lowerBound]
        } else {
            return nil
        }
        guard name.hasSuffix(".h") || name.hasSuffix(".hpp") else { return nil }
        if name == "Python.h" { return "the C headers of this Python are missing: install its development package" }
        return "the C header '\(name)' is missing: install the development package that has it"
    }

    // distutils: `error: command 'gcc' failed: No such file or directory`, `unable to execute 'gcc': No such file …`.
    private static func program(_ line: Substring) -> String? {
        for (before, after) in [
            ("command '", "' failed: No such file or directory"), ("unable to execute '", "': No such file or directory"),
        ] {
            guard let start = line.firstRange(of: before), let end = line.firstRange(of: after),
                start.upperBound <= end.lowerBound
            else { continue }
            let name = line[start.upperBound..<end.lowerBound].split(separator: "/").last ?? ""
            return "the program '\(name)' is missing: install it, and see that it is on the search path"
        }
        return nil
    }

    // The traceback of a setup.py that imports what its build requirements do not name.
    private static func module(_ line: Substring) -> String? {
        guard line.hasPrefix("ModuleNotFoundError: No module named '") else { return nil }
        let name = line.dropFirst("ModuleNotFoundError: No module named '".count).prefix { $0 != "'" }
        return "its build imports '\(name)' without asking for it in [build-system] requires: tell the project, or choose "
            + "another version"
    }
}
