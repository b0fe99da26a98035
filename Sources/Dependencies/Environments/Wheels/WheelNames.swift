import Archives
import PythonPackaging

/// What the names of a wheel's files say together, and beside RECORD.
struct WheelNames {
    private let wheel: WheelArchive
    private let paths: [String]

    init(_ wheel: WheelArchive) {
        self.wheel = wheel
        paths = wheel.zip.entries.filter { $0.kind == .file }.map(\.path.string)
    }

    func check() throws(WheelFault) {
        try checkRecord()
        try checkClashes()
        try checkDataFolders()
    }

    /// RECORD may name files of `.dist-info` that only an installed project has, and folders; nothing else that is not there.
    private func checkRecord() throws(WheelFault) {
        let named = paths.count { wheel.record[$0] != nil }
        if named == wheel.record.count { return }
        let present = Set(paths)
        for path in wheel.record.keys.sorted() where !present.contains(path) && !mayBeMissing(path) {
            throw .absent(path: path)
        }
    }

    private func mayBeMissing(_ path: String) -> Bool {
        let installed = ["INSTALLER", "REQUESTED", "direct_url.json"].map { wheel.infoPrefix + $0 }
        return wheel.isOutsideRecord(path) || installed.contains(path) || path.hasSuffix(".pyc")
            || wheel.zip.entries.contains { $0.path.string.hasPrefix(path + "/") || $0.path.string == path }
    }

    /// Two files that some file systems take for one: a wheel must be the same everywhere. The same letters in two
    /// encodings are the same text to Swift.
    private func checkClashes() throws(WheelFault) {
        var known: [String: String] = Dictionary(minimumCapacity: paths.count)
        var folders: Set<Substring> = []
        for path in paths {
            if let other = known.updateValue(path, forKey: path.lowercased()) { throw .clash(path: path, with: other) }
            if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) { folders.insert(path[..<slash]) }
        }
        for folder in folders {
            var rest = folder
            while !rest.isEmpty {
                if let file = known[rest.lowercased()] { throw .clash(path: file, with: String(rest)) }
                rest = rest.utf8.lastIndex(of: UInt8(ascii: "/")).map { rest[..<$0] } ?? ""
            }
        }
    }

    /// A `.data` folder in another spelling is one to some installers, and none to others.
    private func checkDataFolders() throws(WheelFault) {
        let own = wheel.dataPrefix.dropLast()
        for path in paths {
            let top = path.topFolder
            guard top.hasSuffix(".data"), top != own, top.utf8.count < path.utf8.count else { continue }
            let name = top.dropLast(".data".count).prefix { $0 != "-" }
            if (try? PackageName(parsing: name)) == wheel.metadata.name { throw .dataFolder(String(top)) }
        }
    }
}
