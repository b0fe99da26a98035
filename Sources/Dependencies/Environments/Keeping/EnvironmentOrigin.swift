import CondaPackaging
public import Digests
import FoundationEssentials
import Interpreters
public import Lockfiles
import PythonPackaging
public import SystemPackage

/// What an environment was made from, as `penstock.json` in its root tells it.
///
/// The time of the file is that of the last use.
public struct EnvironmentOrigin: Sendable, Hashable {
    package static let fileName = "penstock.json"
    /// The same once more, in environments of conda packages: nothing else tells what they are made of.
    static let copyName = ".penstock.json"

    /// The interpreter that the environment is based on.
    public struct Python: Sendable, Hashable, Codable {
        /// `3.11.7`
        public var version: String
        /// `cpython`, `pypy`
        public var implementation: String
        public var isFreeThreaded: Bool
        /// `linux-x86_64`, as locks name targets.
        public var platform: String
        /// The binary outside of any virtual environment.
        public var executable: String
        /// The interpreter of the environment, relative to its root.
        public var command: String
        /// Where its packages are, relative to its root.
        public var library: String
    }

    /// A wheel that was installed.
    public struct Wheel: Sendable, Hashable, Codable {
        public var name: String
        public var version: String
        public var file: String
        public var sha256: String
    }

    /// A conda package that was installed.
    public struct CondaPackage: Sendable, Hashable, Codable {
        public var name: String
        public var version: String
        public var build: String
        public var subdir: String
        /// Without credentials.
        public var url: String
        /// Absent where its channel does not tell it.
        public var sha256: String?
        /// The hash of its record in `conda-meta`, as RECORD of wheels has hashes.
        var record: String?

        /// Where that record is, relative to the root.
        var recordPath: String {
            let file = url.split(separator: "/").last ?? ""
            let suffix = [".tar.bz2", ".conda"].first(where: file.hasSuffix) ?? ""
            return "\(CondaListing.folder)/\(file.dropLast(suffix.count)).json"
        }
    }

    /// What became of the scripts that conda packages run when they are installed.
    public struct LinkScripts: Sendable, Hashable, Codable {
        public var policy: LinkScriptPolicy
        /// The packages that have such, as their archives are called.
        public var packages: [String]
    }

    /// What the environment is addressed by.
    public var digest: SHA256Digest
    public var created: UTCTime
    public var python: Python
    /// The text of the lock, a `pylock.toml`; absent where there was none.
    public var lock: String?
    /// Stands for what the lock installs, whoever made it.
    public var lockDigest: SHA256Digest?
    /// The folder that paths in the lock begin in.
    public var folder: String?
    public var wheels: [Wheel]
    /// The conda packages; none in an environment that is based on a Python of the machine.
    public var conda: [CondaPackage] = []
    /// Absent where no conda package has a script, and the scripts were not to run.
    public var linkScripts: LinkScripts?

    /// The SHA-256 of all that it is linked from, in hexadecimal digits.
    var packages: Set<String> { Set(wheels.map(\.sha256) + conda.compactMap(\.sha256)) }

    /// The lock, read.
    public func parsedLock() throws -> PyLock? {
        try lock.map { text throws in try PyLock(parsing: text, file: Self.fileName) }
    }

    /// Reads the record of an environment; `nil` if there is none, or one that says nothing.
    public init?(in root: FilePath) {
        // Each file is read once: somebody may be removing the environment.
        for name in [Self.fileName, Self.copyName] {
            guard let data = FileManager.default.contents(atPath: root.appending(name).string),
                let origin = try? Self.decoder.decode(Self.self, from: data)
            else { continue }
            self = origin
            return
        }
        return nil
    }

    /// The record as it was written, of it and its copy; otherwise what can be read.
    ///
    /// - Parameter hash: as RECORD has it.
    init?(in root: FilePath, hash: String) {
        for name in [Self.fileName, Self.copyName] {
            guard let data = FileManager.default.contents(atPath: root.appending(name).string),
                RecordHash.sha256(Array(data)) == hash, let origin = try? Self.decoder.decode(Self.self, from: data)
            else { continue }
            self = origin
            return
        }
        self.init(in: root)
    }

    init(_ request: EnvironmentRequest, _ orders: [WheelOrder], created: UTCTime) {
        let interpreter = request.interpreter
        digest = request.digest
        self.created = created
        python = Python(
            version: interpreter.version.description, implementation: interpreter.implementation,
            isFreeThreaded: interpreter.isFreeThreaded, platform: interpreter.target.platformName,
            executable: interpreter.baseExecutable.string,
            command: FilePath(interpreter.layout.scripts).appending("python").string,
            library: interpreter.layout.pureLibrary)
        lock = request.lock?.text
        lockDigest = request.lock?.digest
        folder = request.folder?.string
        wheels = orders.map {
            Wheel(
                name: $0.filename.name.description, version: $0.filename.version.description,
                file: $0.filename.description, sha256: $0.sha256.hex)
        }
    }

    /// Tells of the conda packages: the Python is one of them, and stands where the environment does.
    mutating func note(_ part: CondaPart, at place: FilePath, _ scripts: LinkScripts?) {
        if let scripts, scripts.policy == .run || !scripts.packages.isEmpty { linkScripts = scripts }
        python.executable = place.pushing(FilePath(python.command)).string
        conda = part.packages.map {
            CondaPackage(
                name: $0.record.name.description, version: $0.record.version.description, build: $0.record.build,
                subdir: $0.record.subdir.description, url: $0.url, sha256: $0.record.sha256?.hex)
        }
    }

    /// Writes the record into a draft. Blocks.
    func write(in draft: FilePath) throws(EnvironmentError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let folder = try Folder(draft)
        var origin = self
        for index in conda.indices {
            origin.conda[index].record = try folder.read(conda[index].recordPath).map { RecordHash.sha256($0) }
        }
        guard let data = try? encoder.encode(origin) else { return }
        try folder.write(Array(data), to: Self.fileName)
        if !conda.isEmpty { try folder.write(Array(data), to: Self.copyName) }
    }

    private static var decoder: JSONDecoder { JSONDecoder() }
}

extension EnvironmentOrigin: Codable {
    private enum Member: String, CodingKey {
        case format, digest, created, lock, folder, wheels, conda
        case lockDigest = "lock-digest"
        case python = "interpreter"
        case linkScripts = "link-scripts"
    }

    /// Later versions with other members are read as far as they are known.
    private static let format = 1

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        digest = try members.decode(SHA256Digest.self, forKey: .digest)
        let time = try members.decode(String.self, forKey: .created)
        guard let created = UTCTime(parsing: time) else {
            throw DecodingError.dataCorruptedError(
                forKey: .created, in: members, debugDescription: "'\(time)' is no time")
        }
        self.created = created
        python = try members.decode(Python.self, forKey: .python)
        lock = try members.decodeIfPresent(String.self, forKey: .lock)
        lockDigest = try members.decodeIfPresent(SHA256Digest.self, forKey: .lockDigest)
        folder = try members.decodeIfPresent(String.self, forKey: .folder)
        wheels = try members.decode([Wheel].self, forKey: .wheels)
        conda = try members.decodeIfPresent([CondaPackage].self, forKey: .conda) ?? []
        linkScripts = try members.decodeIfPresent(LinkScripts.self, forKey: .linkScripts)
    }

    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(Self.format, forKey: .format)
        try members.encode(digest, forKey: .digest)
        try members.encode("\(created)", forKey: .created)
        try members.encode(python, forKey: .python)
        try members.encodeIfPresent(lock, forKey: .lock)
        try members.encodeIfPresent(lockDigest, forKey: .lockDigest)
        try members.encodeIfPresent(folder, forKey: .folder)
        try members.encode(wheels, forKey: .wheels)
        if !conda.isEmpty { try members.encode(conda, forKey: .conda) }
        try members.encodeIfPresent(linkScripts, forKey: .linkScripts)
    }
}
