import CondaPackaging
import CondaSolving
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// How long conda's rooms take by themselves, for Benchmarks/conda_packages.py:
//
//     conda-benchmark open FOLDER REPODATA.json…           what opening costs, with and without a kept index
//     conda-benchmark solve FOLDER SPEC… -- REPODATA.json… opening with a kept index, and a solve
//     conda-benchmark install PREFIX CACHE [--url CHANNEL] ARCHIVE…
//                                                          fetching and unpacking what is not in the cache, and linking
//
// Each prints seconds, and the peak of memory in kilobytes.

struct Mapped: RepodataBytes {
    private let file: MappedFile

    init(_ path: String) throws { file = try MappedFile(path) }

    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result { try body(file.bytes) }
}

// Unchecked because of the pointer: what it points to is never written and stays as long as the process.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ path: String) throws {
        let descriptor = try FileDescriptor.open(FilePath(path), .readOnly)
        let size = Int(try descriptor.seek(offset: 0, from: .end))
        let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0)
        bytes = UnsafeBufferPointer(start: start?.assumingMemoryBound(to: UInt8.self), count: size)
        try descriptor.close()
    }
}

func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    return Double(start.duration(to: .now).components.attoseconds) / 1e18 + Double(start.duration(to: .now).components.seconds)
}

func peakMemory() -> Int {
    var usage = rusage()
    #if canImport(Glibc)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
    getrusage(RUSAGE_SELF, &usage)
    #endif
    return usage.ru_maxrss
}

func subdir(of path: String) -> Subdir {
    let name = path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? ""
    return (try? Subdir(parsing: name)) ?? .noarch
}

func indexPath(_ folder: String, _ path: String) -> String { "\(folder)/\(subdir(of: path)).index" }

func open(_ folder: String, _ paths: [String]) throws {
    let scanning = try seconds {
        for path in paths {
            let repodata = try Repodata(Mapped(path), subdir: subdir(of: path))
            let descriptor = try FileDescriptor.open(
                FilePath(indexPath(folder, path)), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
            try descriptor.closeAfter { _ = try descriptor.writeAll(repodata.storedIndex()) }
        }
    }
    var count = 0
    let opening = try seconds { count = try kept(folder, paths).reduce(0) { $0 + $1.records.packageNames.count } }
    print("{\"scan\": \(scanning), \"open\": \(opening), \"names\": \(count), \"memory\": \(peakMemory())}")
}

func kept(_ folder: String, _ paths: [String]) throws -> [CondaSource] {
    let channel = try CondaChannel(ChannelReference(parsing: "bench"), home: "https://channels.example")
    return try paths.map { path in
        let index = try MappedFile(indexPath(folder, path))
        let repodata = try Repodata(Mapped(path), storedIndex: index.bytes, subdir: subdir(of: path))
        return CondaSource(channel: channel, subdir: subdir(of: path), records: repodata)
    }
}

func solve(_ folder: String, _ specs: [String], _ paths: [String]) throws {
    var chosen: [String]?
    var opening = 0.0
    let whole = try seconds {
        var sources: [CondaSource] = []
        opening = try seconds { sources = try kept(folder, paths) }
        let isMac = paths.contains { subdir(of: $0).isMacOS }
        let facts = isMac
            ? ["__unix=0=0", "__osx=14.0=0", "__archspec=1=m1"]
            : ["__unix=0=0", "__linux=5.15.0=0", "__glibc=2.35=0", "__archspec=1=x86_64"]
        let virtual = try facts.map { try VirtualPackage(parsing: $0) }
        var solver = try CondaSolver(
            CondaBook(sources, virtualPackages: virtual), requirements: try specs.map { try MatchSpec(parsing: $0) })
        guard case .solved(let records) = try solver.advance() else { return }
        chosen = records.map { "\($0.record.name)=\($0.record.version.spelling)=\($0.record.build)" }
    }
    let names = chosen.map { "[\($0.map { "\"\($0)\"" }.joined(separator: ", "))]" } ?? "null"
    print("{\"open\": \(opening), \"solve\": \(whole), \"memory\": \(peakMemory()), \"packages\": \(names)}")
}

/// The record that the channel of an archive has of it.
func fact(_ name: String, of archive: String) throws -> RepodataRecord {
    let folder = FilePath(archive).removingLastComponent()
    let file = try ArchiveName(parsing: name)
    let repodata = try Repodata(Mapped(folder.appending("repodata.json").string), subdir: subdir(of: folder.string))
    // Of a package in both formats repodata is read for the newer one.
    guard var record = try repodata.records(of: file.name).first(where: { $0.fileName.stem == file.stem }) else {
        throw Errno.noSuchFileOrDirectory
    }
    guard record.fileName != file else { return record }
    record.fileName = file
    (record.sha256, record.md5, record.size) = (nil, nil, nil)
    return record
}

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "open": try open(arguments[2], Array(arguments[3...]))
case "solve":
    let mark = arguments.firstIndex(of: "--") ?? arguments.count
    try solve(arguments[2], Array(arguments[3..<mark]), Array(arguments[(mark + 1)...]))
case "install":
    do {
        let url = arguments[4] == "--url" ? arguments[5] : nil
        try await Installing(prefix: arguments[2], cache: arguments[3], url: url, archives: Array(arguments[(url == nil ? 4 : 6)...])).run()
    } catch {
        try FileDescriptor.standardError.writeAll("error: \(error)\n".utf8)
        exit(1)
    }
default: print("conda-benchmark open|solve|install …: see Benchmarks/conda_packages.py")
}
