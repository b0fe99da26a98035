import ArgumentParser
import CondaPackaging
import FoundationEssentials
import Lockfiles
import PythonPackaging
import Resolution
import SystemPackage

/// `penstock import FILE`: a lock of what another tool has locked.
struct ImportCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a lock of a uv.lock, a conda-lock.yml, a conda list of archives, or a requirements.txt with pins and hashes.",
        discussion: """
            Nothing is decided anew: versions and hashes are those of the file. Examples:
              penstock import uv.lock -o pylock.toml
              penstock import conda-lock.yml -o pylock.toml --platform linux-64
              penstock import archives.txt -o pylock.toml
              penstock import requirements.txt -o pylock.toml --python 3.12 --platform linux-x86_64
            """)

    @Argument(help: "The file: uv.lock, conda-lock.yml, a list with @EXPLICIT, or requirements.txt.", completion: .file())
    var file: String

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The lock to write; standard output without it.", valueName: "file"), completion: .file())
    var output: String?

    @Option(
        name: .customLong("extra"), help: "An extra of the project of a uv.lock; may be given several times.",
        transform: { try ExtraName(argument: $0) })
    var extras: [ExtraName] = []

    @Option(
        name: .customLong("group"), help: "A dependency group of the project of a uv.lock, or a category of a conda-lock.yml; may be given several times.",
        transform: { try PackageName(argument: $0) })
    var groups: [PackageName] = []

    @OptionGroup(title: "Targets") var targets: TargetsArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments
    @OptionGroup var saying: SayingArguments

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: saying.json, on: session.output).told {
            let lock = try lock(in: session)
            return try LockWriting(output: output, saying: saying).write(lock, since: nil, in: session)
        }
    }

    private func lock(in session: StandaloneSession) throws -> PyLock {
        if file.hasSuffix(".lock") { return try uvLock(in: session) }
        guard let data = FileManager.default.contents(atPath: file) else { return try pinned(in: session) }
        let text = String(decoding: data, as: UTF8.self)
        if file.hasSuffix(".yml") || file.hasSuffix(".yaml") { return try condaLock(text, in: session) }
        guard text.split(whereSeparator: \.isNewline).contains("@EXPLICIT") else { return try pinned(in: session) }
        do {
            return try PyLock(ExplicitList(parsing: text), file: file)
        } catch let error as ExplicitListError {
            throw FileError.cannotRead(path: file, reason: "\(error)")
        }
    }

    private func condaLock(_ text: String, in session: StandaloneSession) throws -> PyLock {
        let locked = try CondaLockFile(parsing: text, file: file)
        guard targets.platforms.count < 2 else { throw ValidationError("a conda-lock.yml is imported for one platform at a time") }
        let platform: Subdir
        if let named = targets.platforms.first {
            platform = try Subdir(argument: named)
        } else {
            let here = try PackageWorkshop.open(session, quiet: true) { try await $0.targets(pythons: [], platforms: []) }
            platform = try Subdir(argument: here.targets.first?.platformName ?? "")
        }
        return try locked.lock(for: platform, categories: Set(groups.map(\.description)))
    }

    private func uvLock(in session: StandaloneSession) throws -> PyLock {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw FileError.cannotRead(path: file, reason: "it does not exist, or may not be read")
        }
        let locked = try UVLock(parsing: String(decoding: data, as: UTF8.self), file: file)
        var selection = UVSelection()
        selection.extras = Set(extras)
        selection.groups = Set(groups)
        let found = try PackageWorkshop.open(session, quiet: true) { [targets] workshop in
            try await workshop.targets(pythons: targets.pythons, platforms: targets.platforms).targets
        }
        return try PyLock(
            merging: found.map { target throws in
                (target: target, lock: try locked.packages(for: target, selecting: selection, file: file))
            })
    }

    private func pinned(in session: StandaloneSession) throws -> PyLock {
        let order = PackageOrder(
            sources: RequestSources(files: [file]), index: index, resolution: try ResolutionArguments.parse([]),
            pythons: targets.pythons, platforms: targets.platforms, isPinned: true,
            folder: output.map { FilePath(AbsolutePath($0).text).removingLastComponent().string })
        return try PackageWorkshop.open(session, quiet: saying.quiet) { try await $0.lock(order).lock }
    }
}
