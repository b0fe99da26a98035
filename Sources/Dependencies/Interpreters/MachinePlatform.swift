#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The platform of this machine where no Python is there to tell it.
package enum MachinePlatform {
    /// As `PlatformName` writes it, by what the C library says: `linux-x86_64-glibc-2.36`.
    package static var name: String {
        var name = utsname()
        uname(&name)
        let machine = withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        var text = [CChar](repeating: 0, count: 64)
        let count = confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count)
        // `glibc 2.36`
        let words = String(decoding: text.prefix(max(count - 1, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "linux-\(machine)-\(words.split(separator: " ").joined(separator: "-"))"
    }
}
