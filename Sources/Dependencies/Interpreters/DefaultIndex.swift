import Digests
import SystemPackage

extension InterpreterFinder {
    /// The URL of the index that the pip of `interpreter` would install from: what its configuration files say, else
    /// what is built into it.
    ///
    /// Asked once and kept while neither the interpreter nor a configuration file of pip changes. If `interpreter` has
    /// no pip, and none to make environments with, the other Pythons of the machine are asked.
    public func defaultIndex(of interpreter: Interpreter) async throws(InterpreterError) -> String {
        let record = DefaultIndexRecord(folder: cacheFolder, interpreter: interpreter, environment: search.environment)
        if let known = record.read() { return known }
        var reasons: [String] = []
        func answer(of candidate: Interpreter) async -> String? {
            do throws(Describer.NoAnswer) {
                let index = try await ask(candidate)
                record.keep(index)
                return index
            } catch {
                reasons.append("\(candidate.executable): \(error.reason)")
                return nil
            }
        }
        if let index = await answer(of: interpreter) { return index }
        // Only now: looking for the others runs each of them that is not known yet.
        for other in await all() where other.baseExecutable != interpreter.baseExecutable {
            if let index = await answer(of: other) { return index }
        }
        throw .noDefaultIndex(reasons: reasons)
    }

    private func ask(_ interpreter: Interpreter) async throws(Describer.NoAnswer) -> String {
        var describer = catalogue.describer
        // Options in variables are looked at by who asks; here only the files of pip count.
        describer.environment = describer.environment.filter { name, _ in
            !name.hasPrefix("PIP_") || name == "PIP_CONFIG_FILE"
        }
        let answers = try await describer.answers(
            of: interpreter.executable, arguments: DefaultIndexScript.options, marker: DefaultIndexScript.marker)
        guard let index = answers["index"], !index.isEmpty else {
            throw Describer.NoAnswer(reason: answers["reason"] ?? "its pip names no index")
        }
        return index
    }
}

/// The kept answer of one interpreter's pip.
private struct DefaultIndexRecord {
    private let path: FilePath
    private let heading: String

    init(folder: FilePath, interpreter: Interpreter, environment: [String: String]) {
        let subject = interpreter.executable.string + "\n" + interpreter.identity
        path = folder.appending("index-" + SHA256Digest(hashing: subject).hex)
        let files = Self.configurationFiles(of: interpreter, environment).map { file in
            FileIdentity(of: file)?.description ?? "-"
        }
        let binary = FileIdentity(of: interpreter.baseExecutable)?.description ?? "-"
        heading = (["penstock default index 1", binary] + files).joined(separator: "; ")
    }

    // Where pip looks: the machine, the person, the environment, and the file named by hand.
    private static func configurationFiles(
        of interpreter: Interpreter, _ environment: [String: String]
    ) -> [FilePath] {
        var files = (environment["XDG_CONFIG_DIRS"] ?? "/etc/xdg").split(separator: ":")
            .map { FilePath(String($0)).pushing("pip/pip.conf") }
        files.append("/etc/pip.conf")
        if let home = environment["HOME"] {
            files.append(FilePath(home).pushing(".pip/pip.conf"))
            let configuration = environment["XDG_CONFIG_HOME"].map { FilePath($0) } ?? FilePath(home).pushing(".config")
            files.append(configuration.pushing("pip/pip.conf"))
        }
        files.append((interpreter.virtualEnvironment ?? interpreter.prefix).pushing("pip.conf"))
        if let named = environment["PIP_CONFIG_FILE"] { files.append(FilePath(named)) }
        return files
    }

    func read() -> String? {
        guard let bytes = FileQuestions.content(of: path) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        return lines.count == 2 && lines[0] == heading ? lines[1] : nil
    }

    /// Keeps an answer, unless it has a password in it.
    func keep(_ index: String) {
        guard !index.contains("@"), !index.contains("\n") else { return }
        SmallFile.publish(Array("\(heading)\n\(index)\n".utf8), at: path)
    }
}
