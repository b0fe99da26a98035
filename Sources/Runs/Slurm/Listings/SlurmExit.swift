/// How a job's script ended: `2:0` (code and signal), or as `wait` has it, `512`.
struct SlurmExit: Hashable {
    let code: Int32
    let signal: Int32

    init(code: Int32, signal: Int32) {
        self.code = code
        self.signal = signal
    }

    init?(_ text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(SlurmJobID.number)
        guard let first = parts[0], first <= 0xffff_ffff else { return nil }
        switch parts.count {
        case 1: self.init(code: Int32(first >> 8 & 0xff), signal: Int32(first & 0x7f))
        case 2:
            guard let second = parts[1], first <= 255, second <= 255 else { return nil }
            self.init(code: Int32(first), signal: Int32(second & 0x7f))
        default: return nil
        }
    }
}
