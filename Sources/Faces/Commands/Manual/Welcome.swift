/// What `penstock` alone says.
struct Welcome {
    private let terminal: Terminal

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    func show() -> Int32 {
        let lines = [
            "Penstock \(EngineVersion.current) runs Python flows, with exactly the packages that each step needs.", "",
            example("penstock run flow.py", "run a flow; the same as python flow.py run"),
            example("penstock resume flow.py", "go on with a run that failed"),
            example("penstock runs", "what was run here, newest first"),
            example("penstock show FLOW/RUN", "how a run stands, step by step"),
            example("penstock logs FLOW/RUN -f", "what its tasks print, as they do"),
            example("penstock lock pandas", "resolve packages and write a lock"), "",
            "penstock --help lists all commands, and python flow.py help those of a flow.",
        ]
        for line in lines { terminal.writeLine(line) }
        return 0
    }

    private func example(_ command: String, _ meaning: String) -> String {
        "  " + Style.bold(command, on: terminal) + String(repeating: " ", count: max(1, 28 - command.count)) + meaning
    }
}
