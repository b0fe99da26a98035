/// Programs and libraries of macOS, as far as one has to be told from other files.
enum MachO {
    /// Whether a file begins like one: for one processor, in either order of bytes, or for several.
    static func isOne(_ content: some Collection<UInt8>) -> Bool {
        let head = Array(content.prefix(8))
        guard head.count == 8 else { return false }
        let magic = head[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        switch magic {
        case 0xFEED_FACE, 0xFEED_FACF, 0xCEFA_EDFE, 0xCFFA_EDFE: return true
        // The number of processors follows; a class of Java begins in the same way, and has a version there, 45 or more.
        case 0xCAFE_BABE, 0xCAFE_BABF: return head[4..<7].allSatisfy { $0 == 0 } && (1..<45).contains(head[7])
        default: return false
        }
    }
}
