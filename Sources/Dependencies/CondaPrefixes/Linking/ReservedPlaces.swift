/// What an environment keeps of its packages: nothing that a package brings may stand there, or it could pass for another one.
enum ReservedPlaces {
    /// - Parameter target: relative to the prefix, in its normal form.
    static func check(_ target: String, isDirectory: Bool, of package: String) throws(CondaPrefixError) {
        let isRecord = target.utf8.starts(with: "conda-meta/".utf8) && (target.hasSuffix(".json") || target == "conda-meta/history")
        let isFolder = !isDirectory && (target == "conda-meta" || target == PrefixPlan.clobberFolder)
        guard isRecord || isFolder || target.utf8.starts(with: "\(PrefixPlan.clobberFolder)/".utf8) else { return }
        throw .reservedPath(package: package, path: target)
    }
}
