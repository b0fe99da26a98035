#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension UnsafeBufferPointer<UInt8> {
    /// The next place of a byte, by the system's own search.
    func firstPlace(of byte: UInt8, from start: Int) -> Int? {
        guard start < count, let base = baseAddress, let found = memchr(base + start, Int32(byte), count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    func hasBytes(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        guard place + bytes.count <= count, let mine = baseAddress, let other = bytes.baseAddress else { return bytes.isEmpty }
        return memcmp(mine + place, other, bytes.count) == 0
    }
}

/// The system's words for error numbers.
enum SystemWords {
    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
