@testable import Archives
@testable import CondaChannels

extension FuzzTarget {
    static let channels: [FuzzTarget] = [
        FuzzTarget(name: "condarc", seeds: { ["channels:\n  - a\n  - https://${USER}@b\nchannel_alias: https://h\nmirrored_channels:\n  a: [x, y]\ncustom_channels: {c: d}\nlocal_repodata_ttl: 1\n".seed] }, words: ["channels:", "channel_alias:", "mirrored_channels:", "channel_priority:", "${USER}", "&a", "*a"]) {
            _ = try? CondaFile(parsing: $0.text, origin: "the input", environment: ["USER": "me"])
        },
        FuzzTarget(name: "relative-url", seeds: { ["../x/./y".seed, "https://h/x/".seed, "/x".seed] }, words: ["../", "://", "file"]) {
            guard let url = RelativeURL.resolve($0.text, in: "https://host/c/noarch") else { return }
            holds(url.contains("://") && !url.contains(" "), "'\(url)' is no address")
            holds($0.text.contains("://") || url.hasPrefix("https://host"), "'\(url)' leads elsewhere")
        },
        FuzzTarget(name: "provided-path", seeds: { ["lib/python3.12/site-packages/a-1.0.dist-info/METADATA".seed, "site-packages/a-1.egg-info".seed] }, words: ["site-packages/", ".dist-info/METADATA", ".egg-info"]) {
            guard let found = ProvidedDistribution(path: $0.text) else { return }
            holds(found.metadataPath == $0.text, "another path")
        },
        FuzzTarget(name: "bzip2", seeds: { bzip2Seeds }, run: readBzip2),
        FuzzTarget(name: "tar-search", seeds: { tarSearchSeeds }, words: ["ustar\u{0}00", "path=", "info/paths.json", "size="], run: searchTar),
    ]

    private static let bzip2Seeds: [[UInt8]] = [
        // "hello "
        [
            0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x76, 0x69, 0xe0, 0xd4, 0x00, 0x00, 0x01, 0x11, 0x00, 0x40, 0x00,
            0x02, 0x44, 0xa0, 0x00, 0x30, 0xcd, 0x00, 0xc3, 0x46, 0x29, 0x97, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0x76, 0x69, 0xe0, 0xd4,
        ]
    ]

    private static var tarSearchSeeds: [[UInt8]] {
        var writer = TarWriter()
        for name in ["info/files", "info/paths.json", String(repeating: "n/", count: 100) + "x"] {
            if let path = try? EntryPath(parsing: name) { try? writer.add(path, .file([1, 2, 3], isExecutable: false)) }
        }
        return [Array(writer.finish().prefix(5 * 1024))]
    }

    @Sendable private static func readBzip2(_ bytes: [UInt8]) {
        let whole = bunzipped(bytes, step: .max)
        let pieces = bunzipped(bytes, step: 7)
        holds(whole == pieces, "in pieces another thing comes out")
    }

    private static func bunzipped(_ bytes: [UInt8], step: Int) -> [UInt8]? {
        guard var decoder = try? Bzip2Decoder(limit: 1 << 20) else { return nil }
        var plain: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(step))
            rest = rest.dropFirst(part.count)
            guard (try? part.withUnsafeBytes({ try decoder.decode($0) { plain.append(contentsOf: $0) } })) != nil else { return nil }
        }
        return (try? decoder.finish()) == nil ? nil : plain
    }

    @Sendable private static func searchTar(_ bytes: [UInt8]) {
        let whole = found(in: bytes, step: .max)
        holds(whole == found(in: bytes, step: 11), "in pieces another thing is found")
    }

    private static func found(in bytes: [UInt8], step: Int) -> [String: [UInt8]]? {
        var search = TarSearch(for: ["info/files", "info/paths.json"], longest: 1 << 20)
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(step))
            rest = rest.dropFirst(part.count)
            guard (try? part.withUnsafeBytes({ try search.search($0) })) != nil else { return nil }
        }
        return search.found
    }
}
