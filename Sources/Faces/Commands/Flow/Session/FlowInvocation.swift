/// What the SDK handed over when the person's interpreter became this process
/// (`penstock flow --host-fd N --host-pid P --lifeline-fd L -- ARGUMENTS`).
struct FlowInvocation: Sendable {
    /// The engine's end of the first worker host's channel.
    var hostDescriptor: Int32
    /// The process of that host, a child of this one.
    var hostProcess: Int32
    /// The writing end of a pipe whose end tells workers that this process is gone.
    var lifeline: Int32?
    /// What the person typed after the flow file.
    var arguments: [String]

    /// Reads the arguments that follow `penstock flow`; `nil` when they are not the SDK's.
    init?(parsing words: some Collection<String>) {
        var words = words.makeIterator()
        var descriptor: Int32?
        var process: Int32?
        var lifeline: Int32?
        while let word = words.next() {
            switch word {
            case "--host-fd": descriptor = words.next().flatMap { Int32($0) }
            case "--host-pid": process = words.next().flatMap { Int32($0) }
            case "--lifeline-fd": lifeline = words.next().flatMap { Int32($0) }
            case "--":
                guard let descriptor, let process, descriptor > 2, process > 1 else { return nil }
                hostDescriptor = descriptor
                hostProcess = process
                self.lifeline = lifeline
                arguments = Array(IteratorSequence(words))
                return
            default: return nil
            }
        }
        return nil
    }
}
