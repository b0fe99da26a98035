package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The CUDA driver of this machine, whose library says which CUDA it can run. Blocks for moments: no device is touched.
package struct CudaDriver: Sendable {
    /// One of these is there where the driver is loaded; without it the library is not even looked for.
    package var traces: [FilePath] = ["/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg", "/dev/nvmap"]
    /// The driver's library where the loader finds it, else where distributions put it.
    package var libraries = ["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1", "/usr/lib64/nvidia/libcuda.so.1"]

    package init() {}

    /// `12.4`; `nil` where there is no driver.
    package var version: String? {
        guard traces.contains(where: { access($0.string, F_OK) == 0 }),
            // It stays loaded: drivers do not take well to being unloaded.
            let library = libraries.lazy.compactMap({ dlopen($0, RTLD_LAZY | RTLD_LOCAL) }).first,
            let symbol = dlsym(library, "cuDriverGetVersion")
        else { return nil }
        let ask = unsafeBitCast(symbol, to: (@convention(c) (UnsafeMutablePointer<Int32>) -> Int32).self)
        var number: Int32 = 0
        guard ask(&number) == 0 else { return nil }
        return Self.version(ofNumber: number)
    }

    /// 12040 is 12.4.
    package static func version(ofNumber number: Int32) -> String? {
        number < 1000 ? nil : "\(number / 1000).\(number % 1000 / 10)"
    }
}
