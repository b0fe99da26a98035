import Testing

import CondaPackaging

@Suite struct MicroarchitectureTests {
    private static let level2 = "mmx sse sse2 ssse3 sse4_1 sse4_2 popcnt cx16 lahf_lm"
    private static let level3 = level2 + " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"
    private static let level4 = level3 + " avx512f avx512bw avx512cd avx512dq avx512vl"
    private static let zen = level3 + " fsgsbase rdseed clzero aes pclmulqdq sse4a xsavec xsaveopt clflushopt"
    private static let broadwell = level3 + " aes pclmulqdq rdrand rdseed adx"

    @Test(arguments: [
        ("GenuineIntel", "fpu vme", "x86_64"),
        ("SomebodyElse", level2, "x86_64_v2"), ("SomebodyElse", level3, "x86_64_v3"), ("SomebodyElse", level4, "x86_64_v4"),
        ("GenuineIntel", level2, "nehalem"), ("GenuineIntel", broadwell, "broadwell"),
        // One feature is switched off: what the maker has of less than the level is no better than the level.
        ("AuthenticAMD", level4 + " aes sse4a", "x86_64_v4"), ("AuthenticAMD", zen, "zen"),
        ("AuthenticAMD", zen + " clwb vaes vpclmulqdq pku", "zen3"), ("GenuineIntel", zen + " rdrand", "haswell"),
        ("GenuineIntel", broadwell + " clflushopt xsavec xsaveopt avx512f avx512bw avx512cd avx512dq avx512vl clwb", "skylake_avx512"),
        // Without AVX it is level 2, though some of level 3 are there.
        ("GenuineIntel", level2 + " bmi1 movbe aes pclmulqdq", "westmere"),
    ])
    func ofX86(vendor: String, flags: String, name: String) {
        let text = "processor\t: 0\nvendor_id\t: \(vendor)\nflags\t\t: \(flags)\n\nprocessor\t: 1\nvendor_id\t: x\nflags\t\t: nothing\n"
        #expect(Microarchitecture.name(of: Processor(family: "x86_64", cpuinfo: text)) == name)
    }

    private static let n1 =
        "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp"
    private static let v2 =
        n1 + " jscvt fcma sha3 sha512 sve asimdfhm uscat ilrcpc flagm sb dcpodp sve2 flagm2 frint svei8mm svebf16 i8mm bf16"

    @Test(arguments: [
        ("0x41", "0xd08", "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid", "cortex_a72"), ("0x41", "0xd0c", n1, "neoverse_n1"),
        // These two differ by their numbers only.
        ("0x41", "0xd49", v2, "neoverse_n2"), ("0x41", "0xd4f", v2, "neoverse_v2"),
        ("0x41", "0xfff", "fp asimd", "aarch64"), ("0x99", "0xd0c", n1, "aarch64"),
    ])
    func ofARM(implementer: String, part: String, features: String, name: String) {
        let text = "processor\t: 0\nFeatures\t: \(features)\nCPU implementer\t: \(implementer)\nCPU part\t: \(part)\n"
        #expect(Microarchitecture.name(of: Processor(family: "aarch64", cpuinfo: text)) == name)
    }

    @Test(arguments: [
        ("ppc64le", "processor : 0\ncpu\t\t: POWER9 (architected), altivec supported", "power9le"),
        ("ppc64le", "cpu : POWER7", "ppc64le"), ("ppc64", "cpu : POWER7+", "power7"), ("ppc64le", "", "ppc64le"),
        ("ppc64le", "cpu : POWER11", "power10le"), ("riscv64", "uarch : sifive,u74-mc", "u74mc"), ("riscv64", "uarch : new", "riscv64"),
        ("s390x", "features : vx", "s390x"),
    ])
    func ofOthers(family: String, text: String, name: String) {
        #expect(Microarchitecture.name(of: Processor(family: family, cpuinfo: text)) == name)
    }

    @Test(arguments: [("Apple M2 Pro", "m2"), ("Apple M1", "m1"), ("Apple M9 Ultra", "m1"), ("Apple processor", "m1")])
    func ofApple(brand: String, name: String) {
        #expect(Microarchitecture.name(of: Processor(brand: brand)) == name)
    }

    @Test func ofAMacWithIntel() {
        let features = "FPU MMX SSE SSE2 SSSE3 SSE4.1 SSE4.2 POPCNT CX16 LAHF AES PCLMULQDQ AVX1.0 XSAVE"
        #expect(Microarchitecture.name(of: Processor(brand: "Intel(R) Core(TM)", vendor: "GenuineIntel", features: features)) == "sandybridge")
    }

    @Test func parentsAreKnown() {
        for one in Microarchitecture.known.values {
            for parent in one.parents where parent != "ppc64" && parent != "ppc64le" {
                #expect(Microarchitecture.known[parent] != nil, "\(parent) of \(one.name)")
            }
            #expect(!one.ancestors.contains(one.name))
        }
    }
}
