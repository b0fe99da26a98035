import CondaPackaging

/// Where the installed Python has what `noarch` packages bring, relative to the prefix.
struct PythonPlaces: Sendable {
    let sitePackages: String
    /// `bin/python3.12`
    let interpreter: String

    /// `nil` for a record whose version has no minor part.
    ///
    /// - Throws: for a record that has its `site-packages` outside of the prefix (CEP 20 has it relative to it).
    init?(_ record: RepodataRecord) throws(CondaPrefixError) {
        let numbers = record.version.description.split(separator: ".").prefix(2)
        guard numbers.count == 2, numbers.allSatisfy({ $0.allSatisfy(\.isNumber) }) else { return nil }
        let minor = numbers.joined(separator: ".")
        interpreter = "bin/python\(minor)"
        sitePackages = try PrefixPlan.checked(
            record.pythonSitePackagesPath ?? "lib/python\(minor)/site-packages", of: record.fileName.description)
    }
}
