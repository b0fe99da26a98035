/// What an unpacked wheel in the cache consists of and where it goes, so that nothing has to be read twice.
///
/// The files lie below `files/` as they were in the wheel. Those that every environment has alike are grouped by
/// folder and are linked; the rest depends on the path of the environment and is written for each.
struct WheelManifest: Sendable, Hashable {
    /// Files of one folder that go into one folder.
    struct Group: Sendable, Hashable {
        var scheme: InstallScheme
        /// Relative to the scheme's folder; empty at its top.
        var folder: String
        /// Relative to `files/`.
        var source: String
        var names: FileNames
    }

    /// A script whose first line has to name the interpreter of the environment.
    struct Script: Sendable, Hashable {
        var name: String
        /// Relative to `files/`.
        var source: String
        /// Of what lies in the cache, as RECORD has it.
        var hash: String
        /// In bytes.
        var size: UInt64
    }

    /// A line of RECORD for a file whose place relative to RECORD depends on the layout of the environment.
    struct OutsideRow: Sendable, Hashable {
        var target: InstallTarget
        var hash: String
        var size: UInt64
    }

    /// Where the files at the top of the wheel go.
    var root: InstallScheme
    /// `name-version.dist-info`.
    var distInfo: String
    /// Name of the folder for C headers.
    var project: String
    var groups: [Group] = []
    var scripts: [Script] = []
    var entryPoints: [EntryPoint] = []
    var outsideRows: [OutsideRow] = []
    /// The hash of the RECORD in the cache, whose rows tell what the other files are.
    var recordHash = ""
    /// Number of files that are linked.
    var fileCount = 0
    /// Their size in bytes.
    var byteCount: UInt64 = 0

    /// Whether RECORD is the same in every environment and can be linked too.
    var hasSameRecordEverywhere: Bool { scripts.isEmpty && entryPoints.isEmpty && outsideRows.isEmpty }

    /// Whether one of the linked files goes to `target`.
    func contains(_ target: InstallTarget) -> Bool { source(of: target) != nil }

    /// The file below `files/` that goes to `target`. Looks through all groups.
    func source(of target: InstallTarget) -> String? {
        let slash = target.path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(target.path[..<$0]) } ?? ""
        let name = slash.map { String(target.path[target.path.utf8.index(after: $0)...]) } ?? target.path
        for group in groups
        where group.scheme == target.scheme && group.folder == folder && group.names.contains(name) {
            return group.source.isEmpty ? name : "\(group.source)/\(name)"
        }
        return nil
    }
}

/// Names of files, kept one after the other with a NUL behind each, as the system wants them.
struct FileNames: Sendable, Hashable {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    init() {}

    /// Takes what was written before; `nil` if it is not whole.
    init?(bytes: [UInt8], count: Int) {
        guard bytes.last == 0 || bytes.isEmpty, bytes.reduce(0, { $0 + ($1 == 0 ? 1 : 0) }) == count else { return nil }
        self.bytes = bytes
        self.count = count
    }

    mutating func append(_ name: some StringProtocol) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(0)
        count += 1
    }

    /// Calls `body` with each name.
    func forEach<Failure: Error>(_ body: (UnsafePointer<CChar>) throws(Failure) -> Void) throws(Failure) {
        try bytes.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<UInt8>) throws(Failure) in
            guard let base = buffer.baseAddress else { return }
            var start = 0
            for position in buffer.indices where buffer[position] == 0 {
                let name = UnsafeRawPointer(base + start).assumingMemoryBound(to: CChar.self)
                try body(name)
                start = position + 1
            }
        }
    }

    func contains(_ name: String) -> Bool {
        var isThere = false
        forEach { isThere = isThere || String(cString: $0) == name }
        return isThere
    }

    var strings: [String] {
        var strings: [String] = []
        forEach { strings.append(String(cString: $0)) }
        return strings
    }
}
