/// What an operating system says of a processor, as far as its microarchitecture follows from it.
public struct Processor: Sendable, Hashable {
    /// The family by the names of `uname -m` and archspec: `x86_64`, `aarch64`, `ppc64le`, `riscv64`…
    public var family: String
    /// Who made it, as archspec calls them: `GenuineIntel`, `AuthenticAMD`, `ARM`…
    public var vendor = ""
    /// What it can do, by the names that Linux has for it.
    public var features: Set<String> = []
    /// The maker's number of the design, of ARM processors.
    public var part = ""
    /// POWER processors are numbered.
    public var generation = 0
    /// The exact model where the system names it, of Apple's and RISC-V processors: `m2`, `u74mc`.
    public var model: String?

    public init(family: String) { self.family = family }
}

extension Processor {
    /// Reads `/proc/cpuinfo` of Linux; of several processors the first one is looked at.
    public init(family: String, cpuinfo text: String) {
        self.init(family: family)
        var entries: [Substring: Substring] = [:]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":") else {
                if entries.isEmpty { continue }
                break
            }
            entries[line[..<colon].trimmed] = line[line.index(after: colon)...].trimmed
        }
        func words(_ key: Substring) -> Set<String> { Set((entries[key] ?? "").split(separator: " ").map(String.init)) }
        switch family {
        case "x86_64":
            vendor = String(entries["vendor_id"] ?? "")
            features = words("flags")
        case "aarch64":
            vendor = Self.vendors[String(entries["CPU implementer"] ?? "")] ?? ""
            features = words("Features")
            part = String(entries["CPU part"] ?? "")
        case "ppc64", "ppc64le":
            let name = entries["cpu"] ?? ""
            if name.hasPrefix("POWER") { generation = Int(name.dropFirst(5).prefix(while: \.isNumber)) ?? 0 }
        case "riscv64":
            model = ["sifive,u74-mc": "u74mc", "spacemit,x60": "x60"][entries["uarch"] ?? ""]
        default: break
        }
    }

    /// What `sysctl` of macOS says: `machdep.cpu.brand_string`, and of Intel's processors their vendor and features.
    public init(brand: String, vendor: String = "", features: String = "") {
        guard brand.hasPrefix("Apple") else {
            self.init(family: "x86_64")
            self.vendor = vendor
            self.features = Set(features.lowercased().split(separator: " ").map(String.init))
            for (theirs, ours) in Self.featuresOfMacOS where self.features.contains(theirs) { self.features.formUnion(ours) }
            return
        }
        self.init(family: "aarch64")
        self.vendor = "Apple"
        // `Apple M2 Pro`; of one that is newer than this table it is known that it is no older than the first.
        let word = brand.split(separator: " ").dropFirst().first.map { $0.lowercased() } ?? ""
        model = ["m1", "m2", "m3", "m4"].contains(word) ? word : "m1"
    }

    /// The numbers that ARM gives to makers.
    private static let vendors = ["0x41": "ARM", "0x43": "Cavium", "0x46": "Fujitsu", "0x61": "Apple", "0xc0": "Ampere"]

    private static let featuresOfMacOS: [String: Set<String>] = [
        "sse4.1": ["sse4_1"], "sse4.2": ["sse4_2"], "avx1.0": ["avx"], "lahf": ["lahf_lm"], "sha": ["sha_ni"], "clfsopt": ["clflushopt"],
        "lzcnt": ["abm"], "xsave": ["xsavec", "xsaveopt"],
    ]
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
