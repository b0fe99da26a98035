import CondaPackaging

/// Where the installed Python has what `noarch` packages bring, relative to the prefix.
struct PythonPlaces: Sendable {
    let sitePackages: String
    /// `bin/python3.12`
    let interpreter: String
    /// What compiled modules have in their names: `cpython-312`.
    private let cacheTag: String

    /// `nil` for a record whose version has no minor part.
    ///
    /// - Throws: for a record that has its `site-packages` outside of the prefix (CEP 20 has it relative to it).
    init?(_ record: RepodataRecord) throws(CondaPrefixError) {
        let numbers = record.version.description.split(separator: ".").prefix(2)
        guard numbers.count == 2, numbers.allSatisfy({ $0.allSatisfy(\.isNumber) }) else { return nil }
        let minor = numbers.joined(separator: ".")
        interpreter = "bin/python\(minor)"
        cacheTag = "cpython-\(numbers.joined())"
        sitePackages = try PrefixPlan.checked(
            record.pythonSitePackagesPath ?? "lib/python\(minor)/site-packages", of: record.fileName.description)
    }

    /// Whether Python imports from a file.
    func isModule(_ path: String) -> Bool { path.hasSuffix(".py") && path.hasPrefix("\(sitePackages)/") }

    /// Where Python looks for what was compiled of a module.
    func compiled(_ module: String) -> String {
        var parts = module.split(separator: "/").map(String.init)
        let name = parts.popLast() ?? module
        return (parts + ["__pycache__", "\(name.dropLast(3)).\(cacheTag).pyc"]).joined(separator: "/")
    }
}
