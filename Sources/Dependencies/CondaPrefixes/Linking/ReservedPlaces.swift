/// What an environment keeps of its packages, and what Penstock notes about it: nothing that a package brings may stand there, or
/// it could pass for another one.
enum ReservedPlaces {
    /// - Parameter target: relative to the prefix, in its normal form.
    static func check(_ target: String, isDirectory: Bool, of package: String) throws(CondaPrefixError) {
        // Of nearly all paths the first byte is enough to know.
        guard let first = target.utf8.first, "cC_pP.".utf8.contains(first) else { return }
        // Case does not count, since on some file systems it does not.
        if contains(target.lowercased(), isDirectory) { throw .reservedPath(package: package, path: target) }
    }

    private static func contains(_ path: String, _ isDirectory: Bool) -> Bool {
        if path == "conda-meta" || path == PrefixPlan.clobberFolder { return !isDirectory }
        if path.hasPrefix("conda-meta/") { return path.hasSuffix(".json") || path == "conda-meta/history" }
        if path.hasPrefix("\(PrefixPlan.clobberFolder)/") { return true }
        return path.hasPrefix("penstock.") || path.hasPrefix(".penstock")
    }
}
