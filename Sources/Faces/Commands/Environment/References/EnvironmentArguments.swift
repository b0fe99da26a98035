import ArgumentParser

/// The environment that a command is about.
struct EnvironmentArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Digits, a name, a folder, a lock, FLOW/RUN/STEP, or flow.py:STEP.", valueName: "environment"),
        completion: EnvironmentCompletion.all)
    var environment: String

    @OptionGroup var place: RecordArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments

    func found(in session: StandaloneSession) throws -> FoundEnvironment {
        try EnvironmentFinder(session, place).find(environment)
    }

    /// The same command of a flow file, if the environment is that of one of its steps.
    func launch(_ command: String, _ rest: [String] = [], _ python: String? = nil) -> FlowLaunch? {
        FlowStepName(environment).map { named in
            FlowLaunch(file: named.file, command: ["environment", command, named.step] + rest, python: python)
        }
    }
}

/// `flow.py:train`
struct FlowStepName {
    let file: String
    let step: String

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), text[..<colon].hasSuffix(".py") else { return nil }
        file = String(text[..<colon])
        step = String(text[text.index(after: colon)...])
        guard !step.isEmpty else { return nil }
    }
}
