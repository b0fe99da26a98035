public import Diagnostics

/// Something in what a person named that cannot be read or does not go together.
public struct RequestError: Error, Sendable, Hashable {
    public enum Problem: Error, Sendable, Hashable {
        case requirement(RootRequirementError)
        case noFile
        /// The system's words.
        case unreadable(String)
        /// More bytes than any such file has.
        case tooLarge
        /// Bytes that are not text in this encoding.
        case encoding(String)
        /// The name of an encoding that is not known.
        case unknownEncoding(String)
        /// A URL that could not be fetched: why.
        case remote(String)
        /// More files within files than anybody writes.
        case tooManyFiles
        /// Lists within lists, more than anybody writes.
        case tooDeep
        /// A kind of file that is no request, and what to do instead.
        case otherKind(String, help: String)
        /// A line of a requirements file, and what is wrong with its options.
        case line(String, reason: String)
        /// Not a hash: `--hash=…`.
        case hash(String)
        /// A requirement without a hash where all need one.
        case noHash(String)
        /// A package that something else brings in, and of which no file names a hash, where all need one.
        case noHashOfDependency(String)
        /// Not TOML or YAML: the parser's words.
        case syntax(String)
        /// A file of another tool that cannot be read: why, and what to do.
        case foreign(String, help: String?)
        /// Not a match spec of conda: what was written, and why.
        case spec(String)
        /// A value of a wrong kind: its place, and what it has to be.
        case value(String, expected: String)
        /// Something that is understood and cannot be had: its place, and what to do instead.
        case unsupported(String, help: String)
        /// A group that is not there, and those that are.
        case noGroup(String, known: [String])
        case noExtra(String, known: [String])
        /// Groups (or extras) that include each other, the first again at the end.
        case cycle([String])
        /// `extras` without a project that could have them.
        case noProject(String)
        case noMetadata
    }

    public let problem: Problem
    /// As the person named it.
    public let file: String?
    /// From 1.
    public let line: Int?

    init(_ problem: Problem, file: String? = nil, line: Int? = nil) {
        self.problem = problem
        self.file = file
        self.line = line
    }
}

extension RequestError: DiagnosticError {
    public var diagnostic: Diagnostic {
        if case .requirement(let error) = problem { return error.diagnostic }
        let (headline, help) = words
        guard case .remote(let reason) = problem else {
            return Diagnostic(.user, headline, file: file, line: line, help: help)
        }
        return Diagnostic(.infrastructure, headline, details: [reason], help: help)
    }

    private var name: String { file ?? "the file" }

    private var words: (String, String) {
        switch problem {
        case .requirement(let error): (error.spelled, "write it as PEP 508 has it")
        case .noFile:
            ("there is no file \(name)", "check the path; relative ones begin in the folder of the file that names them")
        case .unreadable(let reason):
            ("cannot read \(name): \(reason)", "name a file that exists and may be read")
        case .tooLarge: ("\(name) is too large to be a list of requirements", "name a file of at most 64 MiB")
        case .encoding(let encoding): ("\(name) is not text in \(encoding)", "save it as UTF-8")
        case .unknownEncoding(let encoding):
            ("\(name) says that it is in the encoding '\(encoding)', which is not known", "save it as UTF-8")
        case .remote: ("cannot fetch \(name)", "check the address, or fetch the file and name its path")
        case .tooManyFiles: ("\(name) names too many files within files", "put the requirements into fewer files")
        case .tooDeep: ("\(name) has too many lists within lists", "put the requirements into fewer groups and extras")
        case .otherKind(let kind, let help): ("\(name) is \(kind), not a list of requirements", help)
        case .line(let text, let reason): ("'\(text)' cannot be read: \(reason)", "see the format of requirements files of pip")
        case .hash(let text): ("'\(text)' is not a hash that can be checked", "write sha256: and 64 hexadecimal digits")
        case .noHash(let spelled):
            ("\(spelled) has no hash, but hashes are required", "write == and an exact version, and --hash=sha256:… after it")
        case .noHashOfDependency(let package):
            (
                "\(package) is needed, but no requirement gives a hash for it, and hashes are required",
                "write it down too, with == and --hash=sha256:…; penstock export writes such a file from a lock"
            )
        case .syntax(let reason): ("\(name) cannot be read: \(reason)", "mend the file at this place")
        case .foreign(let reason, let help): ("\(name) cannot be read: \(reason)", help ?? "mend the file at this place")
        case .spec(let reason):
            (reason, "write a name, with a version behind it if need be: numpy, 'numpy>=1.26', 'numpy=1.26.*=py312*', conda-forge::numpy")
        case .value(let place, let expected): ("\(place) has to be \(expected)", "mend the value")
        case .unsupported(let place, let help): ("\(place) cannot be followed", help)
        case .noGroup(let group, let known):
            ("there is no dependency group '\(group)'", Self.choice(known, "write it under [dependency-groups]"))
        case .noExtra(let extra, let known):
            ("there is no extra '\(extra)'", Self.choice(known, "write it under [project.optional-dependencies]"))
        case .cycle(let names):
            ("dependency groups include each other: \(names.joined(separator: " → "))", "take one of the inclusions out")
        case .noProject(let extra):
            ("the extra '\(extra)' belongs to no project", "name a pyproject.toml with -r, or write NAME[\(extra)]")
        case .noMetadata:
            ("\(name) has no requirements: it lacks a block '# /// script' (PEP 723)", "write the block at the top of the script")
        }
    }

    private static func choice(_ known: [String], _ otherwise: String) -> String {
        known.isEmpty ? otherwise : "there are \(known.joined(separator: ", "))"
    }
}
