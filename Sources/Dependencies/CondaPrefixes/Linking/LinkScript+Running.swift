import CondaPackaging
import Subprocess
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension PrefixReport.LinkScript {
    /// Runs the script as conda does: by bash where there is one, in the prefix, which must be at its place by now.
    ///
    /// A package's script is the package's own program: whoever runs it trusts the channel with everything that the person can do.
    /// - Returns: What the script left for the person to read, if anything.
    /// - Throws: With what the script said, where it fails.
    @discardableResult
    public func run(in prefix: FilePath) async throws(CondaPrefixError) -> String? {
        let script = prefix.pushing(FilePath(path))
        let environment = Environment.inherit.updating([
            "PREFIX": prefix.string, "CONDA_PREFIX": prefix.string, "PKG_NAME": package.name.description,
            "PKG_VERSION": package.version.spelling, "PKG_BUILDNUM": "\(package.buildNumber)",
            "PATH": "\(prefix.appending("bin").string):/usr/local/bin:/usr/bin:/bin",
        ])
        let words: String
        do {
            let result = try await Subprocess.run(
                .path(Self.shell), arguments: ["-c", ". \"$1\"", "sh", script.string], environment: environment, workingDirectory: prefix,
                input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            if result.terminationStatus.isSuccess { return try Self.takeMessages(prefix, package) }
            let said = result.standardError.split(whereSeparator: \.isNewline).last.map(String.init)
            words = said ?? "it failed without a word"
        } catch {
            words = "\(error)"
        }
        throw .scriptFailed(package: package.fileName.description, script: path, reason: words)
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
