extension Microarchitecture {
    /// The 64-bit microarchitectures of archspec's list, by their names. Features of x86 and ARM have the names that Linux gives
    /// them. Not in it: those whose features Linux does not tell.
    package static let known: [String: Microarchitecture] = {
        let all = levels + intel + amd + power + arm + apple + riscV
        return Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    }()

    private static let levels = [
        Microarchitecture("x86_64", of: []),
        Microarchitecture("x86_64_v2", of: ["x86_64"], with: "cx16 lahf_lm mmx popcnt sse sse2 sse4_1 sse4_2 ssse3"),
        Microarchitecture("x86_64_v3", of: ["x86_64_v2"], with: "abm avx avx2 bmi1 bmi2 f16c fma movbe xsave"),
        Microarchitecture("x86_64_v4", of: ["x86_64_v3"], with: "avx512bw avx512cd avx512dq avx512f avx512vl"),
    ]

    private static let intel = [
        made("core2", of: "x86_64", with: "mmx sse sse2 ssse3"),
        made("nehalem", of: "core2 x86_64_v2"),
        made("westmere", of: "nehalem", with: "aes pclmulqdq"),
        made("sandybridge", of: "westmere", with: "avx"),
        made("ivybridge", of: "sandybridge", with: "f16c rdrand"),
        made("haswell", of: "ivybridge x86_64_v3"),
        made("broadwell", of: "haswell", with: "adx rdseed"),
        made("skylake", of: "broadwell", with: "clflushopt xsavec xsaveopt"),
        made("mic_knl", of: "broadwell", with: "avx512cd avx512er avx512f avx512pf"),
        made("skylake_avx512", of: "skylake x86_64_v4", with: "clwb"),
        made("cannonlake", of: "skylake x86_64_v4", with: "avx512ifma avx512vbmi sha_ni"),
        made("cascadelake", of: "skylake_avx512", with: "avx512_vnni"),
        made(
            "icelake", of: "cascadelake cannonlake",
            with: "avx512_bitalg avx512_vbmi2 avx512_vpopcntdq gfni rdpid vaes vpclmulqdq"),
        made(
            "sapphirerapids", of: "icelake",
            with: "amx_bf16 amx_int8 amx_tile avx512_bf16 cldemote movdir64b movdiri serialize waitpkg"),
        made(
            "alderlake", of: "skylake",
            with: "avx_vnni clwb gfni movdir64b movdiri rdpid serialize sha_ni vaes vpclmulqdq waitpkg"),
        made("arrowlake", of: "alderlake", with: "avx_ifma avx_ne_convert avx_vnni_int8 cmpccxadd"),
        made("arrowlake_s", of: "arrowlake", with: "avx_vnni_int16 sha512 sm3 sm4"),
    ]

    private static func made(_ name: String, of parents: String, with features: String = "") -> Microarchitecture {
        Microarchitecture(name, of: parents.split(separator: " ").map(String.init), by: "GenuineIntel", with: features)
    }

    private static let amd = [
        Microarchitecture("k10", of: ["x86_64"], by: "AuthenticAMD", with: "3dnow 3dnowext abm cx16 mmx sse sse2 sse4a"),
        Microarchitecture("bulldozer", of: ["x86_64_v2"], by: "AuthenticAMD", with: "abm aes avx fma4 pclmulqdq sse4a xop xsave"),
        Microarchitecture("piledriver", of: ["bulldozer"], by: "AuthenticAMD", with: "bmi1 f16c fma tbm"),
        Microarchitecture("steamroller", of: ["piledriver"], by: "AuthenticAMD", with: "fsgsbase"),
        Microarchitecture("excavator", of: ["steamroller", "x86_64_v3"], by: "AuthenticAMD"),
        Microarchitecture(
            "zen", of: ["x86_64_v3"], by: "AuthenticAMD",
            with: "aes clflushopt clzero fsgsbase pclmulqdq rdseed sse4a xsavec xsaveopt"),
        Microarchitecture("zen2", of: ["zen"], by: "AuthenticAMD", with: "clwb"),
        Microarchitecture("zen3", of: ["zen2"], by: "AuthenticAMD", with: "pku vaes vpclmulqdq"),
        Microarchitecture(
            "zen4", of: ["zen3", "x86_64_v4"], by: "AuthenticAMD",
            with: "avx512_bf16 avx512_bitalg avx512_vbmi2 avx512_vnni avx512_vpopcntdq avx512ifma avx512vbmi flush_l1d gfni"),
        Microarchitecture(
            "zen5", of: ["zen4"], by: "AuthenticAMD", with: "avx512_vp2intersect avx_vnni movdir64b movdiri tsc_adjust"),
    ]

    private static let power = [
        Microarchitecture("power7", of: ["ppc64"]), Microarchitecture("power8", of: ["power7"]),
        Microarchitecture("power9", of: ["power8"]), Microarchitecture("power10", of: ["power9"]),
        Microarchitecture("power8le", of: ["ppc64le"]), Microarchitecture("power9le", of: ["power8le"]),
        Microarchitecture("power10le", of: ["power9le"]),
    ]

    private static let arm = [
        Microarchitecture("aarch64", of: []),
        Microarchitecture("armv8.1a", of: ["aarch64"]), Microarchitecture("armv8.2a", of: ["armv8.1a"]),
        Microarchitecture("armv8.3a", of: ["armv8.2a"]), Microarchitecture("armv8.4a", of: ["armv8.3a"]),
        Microarchitecture("armv8.5a", of: ["armv8.4a"]), Microarchitecture("armv8.6a", of: ["armv8.5a"]),
        Microarchitecture("armv9.0a", of: ["armv8.5a"]),
        Microarchitecture(
            "thunderx2", of: ["armv8.1a"], by: "Cavium", part: "0x0af",
            with: "aes asimd asimdrdm atomics cpuid crc32 evtstrm fp pmull sha1 sha2"),
        Microarchitecture(
            "a64fx", of: ["armv8.2a"], by: "Fujitsu", part: "0x001",
            with: "asimd asimdhp asimdrdm atomics cpuid crc32 dcpop evtstrm fcma fp fphp sha1 sha2 sve"),
        Microarchitecture(
            "cortex_a72", of: ["aarch64"], by: "ARM", part: "0xd08", with: "aes asimd cpuid crc32 evtstrm fp pmull sha1 sha2"),
        Microarchitecture(
            "neoverse_n1", of: ["cortex_a72", "armv8.2a"], by: "ARM", part: "0xd0c",
            with: "asimddp asimdhp asimdrdm atomics dcpop fphp lrcpc"),
        Microarchitecture(
            "neoverse_v1", of: ["neoverse_n1", "armv8.4a"], by: "ARM", part: "0xd40",
            with: "asimdfhm bf16 dcpodp dgh dit fcma flagm i8mm ilrcpc jscvt rng sha3 sha512 sve svebf16 svei8mm uscat"),
        Microarchitecture("neoverse_v2", of: ["neoverse_n1", "armv9.0a"], by: "ARM", part: "0xd4f", with: secondSVE),
        Microarchitecture("neoverse_n2", of: ["neoverse_n1", "armv9.0a"], by: "ARM", part: "0xd49", with: secondSVE),
        Microarchitecture(
            "ampere1", of: ["neoverse_n1", "armv8.6a"], by: "Ampere", part: "0xac3",
            with: "asimdfhm bf16 bti dcpodp dit ecv fcma flagm flagm2 frint i8mm ilrcpc jscvt paca pacg rng sb sha3 sha512 ssbs uscat"),
        Microarchitecture("ampere1a", of: ["ampere1"], by: "Ampere", part: "0xac4", with: "sm3 sm4"),
    ]

    private static let secondSVE =
        "asimdfhm bf16 dcpodp fcma flagm flagm2 frint i8mm ilrcpc jscvt sb sha3 sha512 sve sve2 svebf16 svei8mm uscat"

    /// Told by their models.
    private static let apple = [
        Microarchitecture(
            "m1", of: ["armv8.4a"], by: "Apple", part: "0x022",
            with: "aes asimd asimddp asimdfhm asimdhp asimdrdm atomics cpuid crc32 dcpodp dcpop dit evtstrm fcma flagm flagm2 fp fphp"
                + " frint ilrcpc jscvt lrcpc paca pacg pmull sb sha1 sha2 sha3 sha512 ssbs uscat"),
        Microarchitecture("m2", of: ["m1", "armv8.5a"], by: "Apple", part: "0x032", with: "bf16 bti ecv i8mm"),
        Microarchitecture("m3", of: ["m2", "armv8.6a"], by: "Apple"), Microarchitecture("m4", of: ["m3", "armv8.6a"], by: "Apple"),
    ]

    private static let riscV = [
        Microarchitecture("riscv64", of: []), Microarchitecture("u74mc", of: ["riscv64"]), Microarchitecture("x60", of: ["riscv64"]),
    ]
}
