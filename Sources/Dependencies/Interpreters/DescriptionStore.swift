import Digests
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps verdicts on disk, one small file a binary, named by the SHA-256 of its real path.
///
/// A verdict holds while the binary has the same size, time of change and inode. One that says that the binary could
/// not be asked is only believed for an hour, since the reason may lie outside of the file. Nothing here fails: what
/// cannot be read or written is asked again.
struct DescriptionStore: Sendable {
    var folder: FilePath
    /// Seconds since 1970.
    var now: @Sendable () -> Int64 = { Int64(time(nil)) }

    /// How long it is believed that a binary cannot be asked, in seconds; shorter where nothing else is left.
    var failureLifetime: Int64 = 3600

    func verdict(on path: FilePath, identity: FileIdentity) -> Verdict? {
        guard let bytes = FileQuestions.content(of: place(of: path)),
            let file = DescriptionFile(
                text: String(decoding: bytes, as: UTF8.self), about: path, identity: identity)
        else { return nil }
        if case .failed = file.verdict {
            let age = now() - file.asked
            guard (0..<failureLifetime).contains(age) else { return nil }
        }
        return file.verdict
    }

    func keep(_ verdict: Verdict, on path: FilePath, identity: FileIdentity) {
        let file = DescriptionFile(path: path, identity: identity, asked: now(), verdict: verdict)
        guard let text = file.text else { return }
        SmallFile.publish(Array(text.utf8), at: place(of: path))
    }

    private func place(of path: FilePath) -> FilePath {
        folder.appending(SHA256Digest(hashing: path.string).hex)
    }
}
