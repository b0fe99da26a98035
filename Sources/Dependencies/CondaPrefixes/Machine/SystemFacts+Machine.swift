import Archives
public import CondaPackaging
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension SystemFacts {
    /// What this machine is like: its C library or macOS, kernel, processor and CUDA driver (CEP 30, CEP 46). Variables
    /// `CONDA_OVERRIDE_…` are for `apply(overridesIn:)`.
    ///
    /// What cannot be found out is left open. Of files only small ones are read; the driver's own program is run, for ten seconds
    /// at most, where there is a CUDA driver.
    /// - Parameter environment: Whose `PATH` has that program.
    public static func ofThisMachine(environment: [String: String]) async -> SystemFacts {
        var facts = await BlockingWork.run { () -> SystemFacts in
            var facts = SystemFacts()
            facts.glibc = MachineText.glibcVersion.flatMap { try? CondaVersion(parsing: $0) }
            facts.linux = MachineText.linuxVersion.flatMap { try? CondaVersion(parsing: $0) }
            facts.macOS = MachineText.macOSVersion.flatMap { try? CondaVersion(parsing: $0) }
            facts.microarchitecture = MachineText.processor.map(Microarchitecture.name)
            facts.cuda = CudaDriver().version.flatMap { try? CondaVersion(parsing: $0) }
            return facts
        }
        if facts.cuda != nil {
            let text = await CudaDevices(environment: environment).leastCapability
            facts.cudaArchitecture = text.flatMap { try? CondaVersion(parsing: $0) }
        }
        return facts
    }
}

extension Subdir {
    /// That of the machine that this runs on; `nil` where conda has no name for it.
    public static var ofThisMachine: Subdir? {
        let names = ["x86_64": "64", "i686": "32", "arm64": "arm64", "aarch64": "aarch64"]
        let machine = MachineText.machine
        #if canImport(Darwin)
        let system = "osx"
        #else
        let system = "linux"
        #endif
        return try? Subdir(parsing: "\(system)-\(names[machine] ?? machine)")
    }
}

/// What the operating system says of itself. Blocks for moments.
package enum MachineText {
    /// `x86_64`, as `uname -m` has it.
    static var machine: String {
        var names = utsname()
        guard uname(&names) == 0 else { return "" }
        return text(&names.machine)
    }

    /// `6.1.0` of `6.1.0-18-amd64`: at most four numbers, without what distributions add.
    static var linuxVersion: String? {
        #if os(Linux)
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        return upstream(release: text(&names.release))
        #else
        return nil
        #endif
    }

    package static func upstream(release: String) -> String? {
        let numbers = release.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".").prefix(4)
        return numbers.count < 2 ? nil : numbers.joined(separator: ".")
    }

    /// `2.36`.
    static var glibcVersion: String? {
        #if canImport(Glibc)
        var bytes = [CChar](repeating: 0, count: 64)
        let count = confstr(Int32(_CS_GNU_LIBC_VERSION), &bytes, bytes.count)
        guard count > 1, count <= bytes.count else { return nil }
        // `glibc 2.36`
        let words = bytes[..<(count - 1)].map { UInt8(bitPattern: $0) }.split(separator: UInt8(ascii: " "))
        guard words.count == 2 else { return nil }
        return String(decoding: words[1], as: UTF8.self).split(separator: ".").prefix(2).joined(separator: ".")
        #else
        return nil
        #endif
    }

    /// `14.5`, out of a file that every Mac has.
    static var macOSVersion: String? {
        #if canImport(Darwin)
        return read("/System/Library/CoreServices/SystemVersion.plist").flatMap(macOSVersion)
        #else
        return nil
        #endif
    }

    package static func macOSVersion(inPropertyList text: String) -> String? {
        guard let key = text.firstRange(of: "<key>ProductVersion</key>"),
            let start = text[key.upperBound...].firstRange(of: "<string>"),
            let end = text[start.upperBound...].firstRange(of: "</string>")
        else { return nil }
        return text[start.upperBound..<end.lowerBound].split(separator: ".").prefix(2).joined(separator: ".")
    }

    static var processor: Processor? {
        #if canImport(Darwin)
        return Processor(
            brand: setting("machdep.cpu.brand_string"), vendor: setting("machdep.cpu.vendor"),
            features: setting("machdep.cpu.features") + " " + setting("machdep.cpu.leaf7_features"))
        #else
        return read("/proc/cpuinfo").map { Processor(family: machine, cpuinfo: $0) }
        #endif
    }

    #if canImport(Darwin)
    private static func setting(_ name: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var count = bytes.count
        guard sysctlbyname(name, &bytes, &count, nil, 0) == 0 else { return "" }
        return String(decoding: bytes[..<count].prefix { $0 != 0 }, as: UTF8.self)
    }
    #endif

    /// The beginning of a file, which on machines with hundreds of processors has all that is wanted.
    private static func read(_ path: FilePath) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)
        defer { chunk.deallocate() }
        while bytes.count < 64 << 10, let count = try? file.read(into: chunk), count > 0 { bytes += chunk[..<count] }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
