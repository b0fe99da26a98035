import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// The engine of libFuzzer has `main`; it calls the two functions below. Which parser is tried stands in the environment:
//
//     PENSTOCK_FUZZ_TARGET=zip                     the parser
//     PENSTOCK_FUZZ_SEEDS=folder                   writes the seeds and the dictionary of the parser there, and ends
//     PENSTOCK_FUZZ_TARGET=list                    prints the names of all parsers, and ends
//
// `fuzz.py` does all that; CONTRIBUTING.md says how to use it.

/// One parser, what it is given first, and what must hold whatever it is given.
struct FuzzTarget: Sendable {
    var name: String
    /// Inputs to start from, honest ones and others.
    var seeds: @Sendable () -> [[UInt8]]
    /// Words of the format, which chance would not find.
    var words: [String] = []
    /// Reads the input, and stops the process where something does not hold.
    var run: @Sendable ([UInt8]) -> Void

    static let all: [FuzzTarget] =
        archives + wheels + packaging + markers + pages + documents + requests + settings + answers + messages + checkouts
            + conda + condaFiles + channels
}

/// Stops the process, which is how a finding is told to the engine.
func holds(_ condition: @autoclosure () -> Bool, _ what: @autoclosure () -> String) {
    if !condition() { fatalError(what()) }
}

extension FuzzTarget {
    fileprivate static let chosen: FuzzTarget = {
        let name = environment("PENSTOCK_FUZZ_TARGET") ?? ""
        guard let target = all.first(where: { $0.name == name }) else {
            print(all.map(\.name).joined(separator: "\n"))
            exit(name == "list" ? 0 : 2)
        }
        return target
    }()

    fileprivate func writeSeeds(to folder: String) throws {
        for (number, seed) in seeds().enumerated() { try Self.write(seed, to: FilePath(folder).appending("seed-\(number)")) }
        let dictionary = words.map { word in
            "\"" + word.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\"\n"
        }
        try Self.write(Array(dictionary.joined().utf8), to: FilePath(folder).appending("dictionary"))
    }

    private static func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    fileprivate static func prepare() {
        let target = chosen
        guard let folder = environment("PENSTOCK_FUZZ_SEEDS") else { return }
        do {
            try target.writeSeeds(to: folder)
            exit(0)
        } catch {
            print("the seeds cannot be written: \(error)")
            exit(1)
        }
    }
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    FuzzTarget.prepare()
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
