internal import CondaChannels
internal import CondaPackaging
internal import PythonPackaging

extension RequestDraft {
    /// Adds a conda package as a match spec.
    mutating func add(conda text: String, platforms: Set<Subdir>? = nil, asker: Asker) throws(RequestError) {
        let spec: MatchSpec
        do throws(MatchSpecError) {
            spec = try MatchSpec(parsing: text)
        } catch {
            throw RequestError(.spec("\(error)"), file: asker.file, line: asker.line)
        }
        guard spec.name.exactName != nil else {
            throw RequestError(.spec("'\(text)' is a pattern and names no package"), file: asker.file, line: asker.line)
        }
        result.conda.entries.append(.init(CondaRequirement(spec, spelled: text, asker: asker), platforms: platforms))
    }

    /// Adds a channel behind those that are there. Variables are put in, as conda does; paths begin in the file's folder.
    mutating func add(channel text: String, file: RequestFile, line: Int) throws(RequestError) {
        if text == "nodefaults" {
            result.conda.hasOnlyOwnChannels = true
            return
        }
        var channel = ShellVariables.replaced(in: text, reader.environment)
        guard !channel.isEmpty else {
            throw RequestError(.value("a channel", expected: "a name, a URL or a path"), file: file.name, line: line)
        }
        if channel.hasPrefix("./") || channel.hasPrefix("../"), !file.isRemote { channel = LexicalPath.normalized("\(file.base)/\(channel)") }
        if !result.conda.channels.contains(channel) { result.conda.channels.append(channel) }
    }

    mutating func add(platform text: String, file: RequestFile, line: Int) throws(RequestError) {
        guard let subdir = try? Subdir(parsing: text), subdir != .noarch else {
            throw RequestError(.value("a platform", expected: "one that conda has, such as linux-64 or osx-arm64; '\(text)' is none"), file: file.name, line: line)
        }
        if !result.conda.platforms.contains(subdir) { result.conda.platforms.append(subdir) }
    }
}
