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
        guard !isPlain || rename(place, path) == 0 else { throw abandoned(nil, place) }
    }

    /// Copies a file that is checked meanwhile, without reading it.
    ///
    /// - Returns: its size in bytes; `nil` when it is not right, or the system cannot copy so, and nothing was written.
    func copy(of source: String, checkingMeanwhile isRight: @escaping @Sendable () -> Bool) throws -> Int? {
        guard isRegularOrMissing else { return nil }
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { return nil }
        defer { close(input) }
        let place = "\(path).\(getpid()).part"
        let output = open(place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard output >= 0 else { throw failure() }
        let check = Check(isRight)
        var size = 0
        while true {
            let count = sendfile(output, input, nil, 1 << 30)
            if count < 0, errno == EINTR { continue }
            if count < 0 { size = -1 }
            guard count > 0 else { break }
            size += count
        }
        guard close(output) == 0 else { throw abandoned(nil, place) }
        guard check.verdict(), size > 0 else {
            unlink(place)
            return nil
        }
        guard rename(place, path) == 0 else { throw abandoned(nil, place) }
        return size
    }

    /// Looks at something on another thread.
    private final class Check: Sendable {
        private let isRight = Mutex(false)
        private let ended = DispatchSemaphore(value: 0)

        init(_ look: @escaping @Sendable () -> Bool) {
            DispatchQueue.global().async {
                let found = look()
                self.isRight.withLock { $0 = found }
                self.ended.signal()
            }
        }

        /// Waits for it; once.
        func verdict() -> Bool {
            ended.wait()
            return isRight.withLock { $0 }
        }
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
