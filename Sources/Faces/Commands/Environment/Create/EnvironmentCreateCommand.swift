import Resolution
public import ArgumentParser
import Datastore
import Diagnostics
import Digests
public import Environments
import Lockfiles
import RunDriver
import SystemPackage

/// `penstock env create`: makes an environment, of packages, a lock, or what a step of a past run had.
struct EnvironmentCreateCommand: StandaloneCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an environment and print where it is.",
        discussion: """
            Without --at it is made in the cache, unless it is there already, and must not be changed. Examples:
              penstock env create --name ds pandas scikit-learn --python 3.11
              penstock env create environment.yml
              penstock env create --lock pylock.toml --at my-environment
              penstock env create --project . --extra plots --no-default-groups
              penstock env create --run TrainFlow/1763900000000000/train --code --kernel --with ipykernel
            """)

    @OptionGroup var wanted: RequirementArguments

    @Option(help: ArgumentHelp("The lock to make it of (pylock.toml).", valueName: "file"), completion: .file())
    var lock: String?

    @Option(
        help: ArgumentHelp(
            "Make the environment of the uv project in this folder, from its uv.lock, with --extra and --group.", valueName: "folder"),
        completion: .directory)
    var project: String?

    @Flag(help: "With --project: without the groups that are taken by default, such as dev.")
    var noDefaultGroups = false

    @Option(
        help: ArgumentHelp("Make the environment that a step of a past run had: FLOW/RUN/STEP.", valueName: "step"),
        completion: PathspecCompletion.everything)
    var run: String?

    @Option(help: ArgumentHelp("Let this name stand for its lock, for env commands and @named_env.", valueName: "name"))
    var name: String?

    @Option(help: "The Python to use; by default the one that the lock was made for.")
    var python: String?

    @Option(
        help: ArgumentHelp("Make it here, for you to keep and change: a folder that does not exist, or is empty.", valueName: "folder"),
        completion: .directory)
    var at: String?

    @Flag(help: "Compile the modules, so that nothing is left to do when they are imported.")
    var compileBytecode = false

    @Option(help: "What becomes of the scripts that conda packages run when they are installed: run or refuse.")
    var condaLinkScripts: LinkScriptPolicy?

    @Flag(help: "With --run: put the code of the run beside it, where Python finds it.")
    var code = false

    @Flag(help: "Register it as a Jupyter kernel; it needs ipykernel, for which --with ipykernel will do.")
    var kernel = false

    @Option(
        help: ArgumentHelp(
            "Add this package beside the lock's own, whose versions stay; may be given several times.", valueName: "requirement"))
    var with: [String] = []

    @OptionGroup(title: "Conda") var conda: CondaArguments
    @OptionGroup(title: "Versions") var resolution: ResolutionArguments
    @OptionGroup(title: "Indexes") var index: IndexArguments

    @OptionGroup var place: RecordArguments

    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    func validate() throws {
        let isAsked = lock == nil && project == nil && (!wanted.sources.isEmpty || conda.isAsked)
        let sources = [lock != nil, run != nil, project != nil, isAsked].count { $0 }
        if noDefaultGroups, project == nil { throw ValidationError("--no-default-groups goes with --project") }
        let isAlone = project == nil || wanted.requirements.isEmpty && wanted.files.files.isEmpty
        guard sources == 1, isAlone, lock == nil || wanted.requirements.count < 2, lock == nil || wanted.files.sources.isEmpty else {
            throw ValidationError(
                "say what it is made of: packages (or files with -r), --lock FILE, --project FOLDER, or --run FLOW/RUN/STEP")
        }
        if lock != nil, !wanted.requirements.isEmpty, at != nil { throw ValidationError("the folder is named twice") }
        if code, run == nil { throw ValidationError("--code goes with --run") }
        if folder == nil, kernel || !with.isEmpty {
            throw ValidationError("--kernel and --with need a folder that stays yours: add --at FOLDER")
        }
    }

    /// Where it is to be made, if not in the cache. What is added to an environment must not be added to a shared one.
    private var folder: String? {
        if let folder = at ?? (lock == nil ? nil : wanted.requirements.first) { return folder }
        return kernel || code || !with.isEmpty ? run.map { $0.replacing("/", with: "-") } : nil
    }

    func perform(in session: StandaloneSession) throws -> Int32 {
        try FailureOutput(isJSON: json, on: session.output).told {
            let place = try folder.map { typed throws in try EmptyPlace(typed).path }
            let made = try make(at: place, in: session)
            if json {
                session.output.writeLine(try JSONText(made).text)
            } else {
                session.output.writeLine(folder ?? made.path)
            }
            return 0
        }
    }

    private func make(at place: FilePath?, in session: StandaloneSession) throws -> CreatedEnvironment {
        let names = try EnvironmentFinder(session, self.place).names
        if let name { try names.check(name) }
        let records = try run.map { try self.place.records(in: session, for: $0) }
        let past = try run.flatMap { text in try records.map { try PastEnvironment(text, in: $0) } }
        let (order, options, lock) = (order, index.options(), try lock.map { try LockFile(reading: $0) })
        return try PackageWorkshop.open(session, quiet: false) { [self] workshop in
            let locked =
                if let past { past.locked } else if let lock { LockedEnvironment(lock) } else if let project {
                    try await ProjectChoice(self, folder: project).locked(by: workshop)
                } else {
                    LockedEnvironment(
                        words: "what is asked for", lock: try await workshop.lock(order).lock,
                        folder: FilePath(AbsolutePath(".").text))
                }
            if kernel { try JupyterKernel.check(locked.lock, added: with) }
            let python = if let python { python } else { try await workshop.python(of: locked) }
            // What cannot be had is told before anything is made.
            let added = with.isEmpty ? nil : try await EnvironmentAdditions.lock(
                with, beside: locked.lock, workshop, options, on: try await workshop.interpreter(python, of: locked.lock))
            let supply = try locked.records.map { try workshop.supply(of: $0) }
            let built = try await workshop.build(
                locked.lock, relativeTo: locked.folder, python: python, indexes: options, at: place, archives: supply,
                compilesBytecode: compileBytecode, linkScripts: condaLinkScripts)
            if let wanted = locked.digest, wanted != built.digest {
                workshop.progress(.note("the Python of this environment is not the very same as that of \(locked.words)"))
            }
            var made = CreatedEnvironment(
                path: built.path.string, python: built.python.string, digest: built.digest.hex, built: built.wasBuilt, name: name)
            if let place {
                do {
                    let additions = EnvironmentAdditions(place: place)
                    if code, let past { made.code = try additions.addCode(past.code).string }
                    if let added { try await additions.add(added, workshop, options, python: built.python) }
                    try additions.finish()
                    if kernel { made.kernel = try registered(at: place, built.python, session.environment) }
                } catch {
                    FileTree.remove(place)
                    throw error
                }
            }
            if let name { try names.keep(locked.lock.withAbsolutePaths(below: locked.folder.string), as: name) }
            return made
        }
    }

    private func registered(at place: FilePath, _ python: FilePath, _ environment: [String: String]) throws -> String {
        let title = run ?? name ?? place.lastComponent?.string ?? "penstock"
        return try JupyterKernel(title: title, root: place, python: python).register(environment: environment).string
    }

    private var order: PackageOrder {
        PackageOrder(
            sources: wanted.sources, index: index, resolution: resolution, pythons: [python].compactMap(\.self), platforms: [],
            isForThisMachine: true, conda: conda)
    }
}

extension LinkScriptPolicy: ExpressibleByArgument {}

/// An environment that was made, as `--json` prints it.
struct CreatedEnvironment: Encodable, Sendable {
    var path: String
    var python: String
    var digest: String
    /// False for one that was there already.
    var built: Bool
    var name: String?
    /// The folder with the code of the run.
    var code: String?
    /// The folder of the Jupyter kernel.
    var kernel: String?
}

extension LockedEnvironment {
    fileprivate init(_ file: LockFile) {
        let path = FilePath(AbsolutePath(file.path).text)
        self.init(words: file.path, lock: file.lock, folder: path.removingLastComponent())
    }
}
