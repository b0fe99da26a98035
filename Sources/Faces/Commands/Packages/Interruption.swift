import Glibc

/// What Ctrl-C does while packages are resolved or fetched: nothing has to be put in order, since files appear whole.
enum Interruption {
    static func endsAtOnce() {
        signal(SIGINT) { _ in
            let words: StaticString = "\nAborted!\n"
            _ = Glibc.write(2, words.utf8Start, words.utf8CodeUnitCount)
            _exit(1)
        }
    }
}
