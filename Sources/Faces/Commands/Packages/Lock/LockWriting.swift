import Lockfiles

/// Puts a lock where it was asked for, and says so.
struct LockWriting {
    /// Standard output if no file is named.
    let output: String?
    let saying: SayingArguments

    /// The exit code. A file that would be the same is left alone.
    func write(_ lock: PyLock, since earlier: PyLock?, in session: StandaloneSession) throws -> Int32 {
        let text = lock.text
        guard let output else {
            session.output.write(text)
            return 0
        }
        if text != earlier?.text { try OutputFile(output).write(text.utf8) }
        if saying.json {
            session.output.writeLine(try JSONText([LockOutput(lock, file: output, since: earlier)]).text)
        } else if !saying.quiet {
            for line in LockSummary(lock, file: output, since: earlier).lines(on: session.error) {
                session.error.writeLine(line)
            }
        }
        return 0
    }
}
