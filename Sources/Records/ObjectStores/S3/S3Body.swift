import Archives
import enum Crypto.Insecure
import Digests
import FoundationEssentials
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a request carries, with its SHA-256: the service refuses other bytes than were signed.
struct S3Body: Sendable {
    let bytes: ByteBuffer
    let digest: SHA256Digest

    /// Hashes the bytes. Blocks a while for many.
    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
        var hasher = SHA256Hasher()
        bytes.withUnsafeReadableBytes { hasher.update($0) }
        digest = hasher.finalize()
    }

    /// The form in which S3 has checksums.
    var checksum: String { Data(digest.bytes).base64EncodedString() }

    /// As the header `Content-MD5` wants it, on which some requests insist.
    var md5: String {
        let digest = bytes.withUnsafeReadableBytes { buffer in
            var hasher = Insecure.MD5()
            hasher.update(bufferPointer: buffer)
            return hasher.finalize()
        }
        return Data(digest).base64EncodedString()
    }

    /// Hashes and hands over to another thread what takes long.
    static func make(_ bytes: ByteBuffer) async -> S3Body {
        bytes.readableBytes < 64 << 10 ? S3Body(bytes) : await BlockingWork.run { S3Body(bytes) }
    }

    /// A part of a file. Blocks.
    ///
    /// - Returns: `nil` if the file ends before.
    /// - Throws: the `errno` of a file that cannot be read.
    static func read(_ range: Range<Int64>, of descriptor: Int32) throws(FileFault) -> S3Body? {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let wanted = Int(range.upperBound - offset)
            var code: Int32 = 0
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
                let count = pread(descriptor, space.baseAddress, wanted, off_t(offset))
                if count < 0 { code = errno }
                return max(count, 0)
            }
            if code == EINTR { continue }
            if code != 0 { throw FileFault(operation: "read", code: code) }
            if count == 0 { return nil }
            offset += Int64(count)
        }
        return S3Body(buffer)
    }
}

/// A file of this machine could not be read or written; `code` is an `errno`.
struct FileFault: Error {
    var operation: String
    var code: Int32
}
