import ArgumentParser
import Environments
import Glibc
import SystemPackage

/// `penstock env shell ENVIRONMENT`: the person's shell, with an environment.
struct EnvironmentShellCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Start your shell in an environment; leave it with exit.")

    @OptionGroup var environment: EnvironmentArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        if let launch = environment.launch("shell") { return try launch.perform(in: session) }
        let (found, index) = (try environment.found(in: session), environment.index.options())
        let usable = try PackageWorkshop.open(session, quiet: false) { try await $0.usable(found, index) }
        var name = environment.environment
        if case .stored(let stored) = found { name = String(stored.name.prefix(8)) }
        return try PersonsShell(session.settings.process, marker: name).become(in: usable)
    }
}

/// The shell that a person works with.
struct PersonsShell {
    private let environment: [String: String]
    private let marker: String

    /// - Parameter marker: what the prompt begins with, in parentheses.
    init(_ environment: [String: String], marker: String) {
        self.environment = environment
        self.marker = marker.split(separator: "/").last.map(String.init) ?? marker
    }

    /// Returns only if it cannot be started.
    func become(in usable: UsableEnvironment) throws -> Int32 {
        let shell = environment["SHELL"].flatMap { $0.isEmpty ? nil : $0 } ?? "/bin/sh"
        var added = ["VIRTUAL_ENV_PROMPT": marker]
        var words = [shell]
        switch shell.split(separator: "/").last {
        // Their start-up files set the prompt, and often the path, so that both are set once more afterwards.
        case "bash":
            if let file = Self.unnamedFile("[ -r ~/.bashrc ] && . ~/.bashrc\n\(Self.setting)") { words += ["--rcfile", file, "-i"] }
        case "fish":
            words += ["--init-command", "set -gx PATH $VIRTUAL_ENV/bin $PATH; functions -q fish_prompt; "
                + "and functions -c fish_prompt _penstock_prompt; "
                + "function fish_prompt; echo -n \"($VIRTUAL_ENV_PROMPT) \"; _penstock_prompt; end"]
        default: added["PS1"] = "(\(marker)) " + (environment["PS1"] ?? "$ ")
        }
        return try EnvironmentProgram(usable, environment).become(words, adding: added)
    }

    private static let setting = """
        PATH="$VIRTUAL_ENV/bin:$PATH"; export PATH
        PS1="($VIRTUAL_ENV_PROMPT) $PS1"

        """

    /// A file without a name that the next program can read, by its path.
    private static func unnamedFile(_ text: String) -> String? {
        var template = Array("/tmp/penstock-shell-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return nil }
        unlink(template)
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            close(descriptor)
            return nil
        }
        return "/dev/fd/\(descriptor)"
    }
}
