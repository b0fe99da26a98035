import Glibc

/// A signal in words, for the person whose process it ended.
struct SignalText {
    let sentence: String

    /// - Parameter outOfMemory: whether the system is known to have ended a process for want of memory.
    init(_ number: Int32, outOfMemory: Bool = false) {
        sentence =
            switch number {
            case SIGKILL where outOfMemory:
                "The process was killed by the system: it ran out of memory (signal \(number))."
            case SIGSEGV: "The process was ended by a segmentation fault (signal \(number)), most likely in a native extension."
            case SIGKILL:
                "The process was killed (signal \(number)). If nobody did that, the system may have run out of memory."
            case SIGABRT: "The process aborted (signal \(number)), most likely in a native extension."
            default: "The process was ended by signal \(number) (\(Self.name(number)))."
            }
    }

    private static func name(_ number: Int32) -> String {
        strsignal(number).map { String(cString: $0) } ?? "unknown"
    }
}
