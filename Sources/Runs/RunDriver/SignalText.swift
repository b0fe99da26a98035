import Glibc

/// A signal in words, for the person whose process it ended.
struct SignalText {
    let sentence: String

    init(_ number: Int32) {
        sentence =
            switch number {
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
