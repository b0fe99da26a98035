import Diagnostics
import Dispatch
import Glibc
import Synchronization

/// A file that a command writes for a person.
struct OutputFile {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Writes the whole file. A file that takes the place of an earlier one appears when it is whole; a pipe, a device or
    /// a file that others hold open is written as it is.
    func write(_ bytes: some Collection<UInt8>, inPlace: Bool = false) throws {
        try write(bytes, inPlace: inPlace) { true }
    }

    /// The same for bytes that are being checked meanwhile.
    ///
    /// - Returns: what `isRight` says; when it says no, nothing was written.
    @discardableResult
    func write(_ bytes: [UInt8], checkingMeanwhile isRight: @escaping @Sendable () -> Bool) throws -> Bool {
        if !isRegularOrMissing {
            guard isRight() else { return false }
            try write(bytes, inPlace: true)
            return true
        }
        let verdict = Verdict()
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) { verdict.isRight.withLock { $0 = isRight() } }
        return try write(bytes, inPlace: false) {
            group.wait()
            return verdict.isRight.withLock { $0 }
        }
    }

    private final class Verdict: Sendable {
        let isRight = Mutex(false)
    }

    @discardableResult
    private func write(
        _ bytes: some Collection<UInt8>, inPlace: Bool, before isRight: () -> Bool
    ) throws -> Bool {
        let isPlain = !inPlace && isRegularOrMissing
        let place = isPlain ? "\(path).\(getpid()).part" : path
        let descriptor = open(place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure() }
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw abandoned(descriptor, isPlain ? place : nil) }
            rest = rest.dropFirst(written)
        }
        // Some file systems tell only here that they are full.
        guard close(descriptor) == 0 else { throw abandoned(nil, isPlain ? place : nil) }
        guard isRight() else {
            if isPlain { unlink(place) }
            return false
        }
        guard !isPlain || rename(place, path) == 0 else { throw abandoned(nil, place) }
        return true
    }

    /// Tries whether the file could be written, without touching what is there.
    func probe() throws {
        let place = isRegularOrMissing ? "\(path).\(getpid()).part" : path
        let descriptor = open(place, O_WRONLY | (place == path ? 0 : O_CREAT) | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure() }
        close(descriptor)
        if place != path { unlink(place) }
    }

    private var isRegularOrMissing: Bool {
        var status = stat()
        return lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    private func abandoned(_ descriptor: Int32?, _ place: String?) -> FileError {
        let failure = failure()
        if let descriptor { close(descriptor) }
        if let place { unlink(place) }
        return failure
    }

    private func failure() -> FileError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
}
