import SystemPackage

/// What the distribution that brought a module says about itself, so that `importlib.metadata` finds it beside the packed module, too
/// (PyPA, "Recording installed projects").
struct ModuleDistribution {
    /// `name-version.dist-info`
    let folder: FilePath

    /// What belongs to it and is the same on every machine. The record of files is not: scripts in it name an interpreter.
    private static let files = ["METADATA", "entry_points.txt", "top_level.txt"]

    /// `nil` for a module that no distribution beside it has brought.
    init?(of module: PackagedModule) {
        let top = module.name.prefix { $0 != "." }
        var place = module.location
        for _ in module.name.split(separator: ".") { place.removeLastComponent() }
        guard let listing = try? FolderListing(place.string) else { return nil }
        listing.close()
        for entry in listing.entries where entry.name.hasSuffix(".dist-info") {
            let candidate = place.appending(entry.name)
            if Self.brings(String(top), candidate) {
                folder = candidate
                return
            }
        }
        return nil
    }

    private static func brings(_ module: String, _ folder: FilePath) -> Bool {
        func lines(_ name: String) -> [Substring] {
            guard let bytes = try? WholeFile.read(folder.appending(name)) else { return [] }
            return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        }
        return lines("top_level.txt").contains(module[...])
            || lines("RECORD").contains { $0.hasPrefix("\(module)/") || $0.hasPrefix("\(module).py,") }
    }

    /// Those that are there: names and places.
    var found: [(name: String, file: FilePath)] {
        let listing = try? FolderListing(folder.string)
        defer { listing?.close() }
        let names = Set((listing?.entries ?? []).map(\.name))
        return Self.files.filter { names.contains($0) }.map { ($0, folder.appending($0)) }
    }
}
