import Archives
import CondaPackaging
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension PrefixReport.LinkScript {
    /// Runs the script as conda does: by bash where there is one, in the activated prefix, which must be at its place by now.
    ///
    /// A package's script is the package's own program: whoever runs it trusts the channel with everything that the person can do.
    /// It may print up to 16 MiB; cancelling the task ends it and what it has started.
    ///
    /// - Returns: What the script left for the person to read, if anything.
    /// - Throws: `scriptFailed` with what the script said, or `cancelled`.
    @discardableResult
    public func run(in prefix: FilePath) async throws(CondaPrefixError) -> String? {
        let process = ScriptProcess(
            shell: Self.shell, script: prefix.pushing(FilePath(path)), folder: prefix, environment: environment(in: prefix))
        let (ending, said) = await process.run()
        if ending == .cancelled { throw .cancelled }
        let message = try await BlockingWork.run { () throws(CondaPrefixError) in try Self.takeMessages(prefix, package) }
        if ending == .exited(0) { return message }
        let words = [said, message ?? ""].lazy.compactMap { $0.split(whereSeparator: \.isNewline).last }.first
        throw .scriptFailed(
            package: package.fileName.description, script: path, reason: words.map(String.init) ?? ending.words)
    }

    /// What conda sets for a script, and what activation sets.
    func environment(in prefix: FilePath) -> [String: String] {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        return [
            "PREFIX": prefix.string, "PKG_NAME": package.name.description, "PKG_VERSION": package.version.spelling,
            "PKG_BUILDNUM": "\(package.buildNumber)", "CONDA_PREFIX": prefix.string, "CONDA_DEFAULT_ENV": prefix.string,
            "CONDA_SHLVL": "1", "PATH": "\(prefix.appending("bin").string):\(path)",
        ]
    }

    private static var shell: FilePath { access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh" }

    /// Scripts write what a person should read into a file of the prefix.
    private static func takeMessages(_ prefix: FilePath, _ package: RepodataRecord) throws(CondaPrefixError) -> String? {
        let file = prefix.appending(".messages.txt")
        let text = try SmallText.read(file, of: package.fileName.description)
        if text != nil { unlink(file.string) }
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }
}
