import CondaPackaging
import Digests
import PythonPackaging

/// The table `[tool.penstock.conda]` of a lock: what conda was asked, and what it answered.
struct LockedCondaText {
    private(set) var text = ""

    /// Nothing where neither is there.
    static func text(of conda: LockedConda?, origin: CondaOrigin?) -> String {
        guard conda != nil || origin != nil else { return "" }
        var writer = LockedCondaText()
        writer.writeHead(conda, origin)
        for package in (conda?.packages ?? []).sorted(by: LockedCondaPackage.isOrdered) { writer.write(package) }
        return writer.text
    }

    private mutating func writeHead(_ conda: LockedConda?, _ origin: CondaOrigin?) {
        text += "\n[tool.penstock.conda]\n"
        if let origin { pair("requirements", AnsweredRequirementText.list(origin.requirements)) }
        let channels = conda.map(\.channels) ?? origin?.channels ?? []
        pair("channels", TOMLText.strings(channels.map(LockedURL.withoutSecrets)))
        guard let origin else { return }
        if let priority = origin.priority { pair("priority", TOMLText.string(priority)) }
        let platforms = origin.platforms.sorted(by: CondaOrigin.Platform.isOrdered)
        if !platforms.isEmpty { pair("platforms", TOMLText.lines(platforms.map(Self.inline))) }
        if let preference = origin.preference { pair("prefer", TOMLText.string(preference)) }
        if !origin.preferences.isEmpty {
            pair("preferences", TOMLText.inline(.table(origin.preferences.mapValues(LockValue.string))))
        }
        if !origin.mapping.isEmpty {
            let table = origin.mapping.mapValues { LockValue.array($0.map(LockValue.string)) }
            pair("mapping", TOMLText.inline(.table(table)))
        }
    }

    private mutating func write(_ package: LockedCondaPackage) {
        let record = package.record
        text += "\n[[tool.penstock.conda.packages]]\n"
        pair("name", string: record.name.description)
        pair("version", string: record.version.description)
        pair("build", string: record.build)
        pair("build-number", number: record.buildNumber)
        pair("subdir", string: record.subdir.description)
        pair("noarch", string: record.noarch?.rawValue)
        pair("channel", string: LockedURL.withoutSecrets(package.channel))
        pair("url", string: LockedURL.withoutSecrets(package.url))
        pair("hashes", Self.hashes(of: record))
        pair("size", number: record.size)
        pair("depends", strings: record.depends)
        pair("constrains", strings: record.constrains)
        if !record.extraDepends.isEmpty {
            let table = record.extraDepends.mapValues { LockValue.array($0.map(LockValue.string)) }
            pair("extra-depends", TOMLText.inline(.table(table)))
        }
        writeRemarks(record)
        if !package.targets.isEmpty { pair("targets", TOMLText.list(package.targets.sorted().map(Self.inline))) }
        if !package.provides.isEmpty { pair("provides", TOMLText.list(package.provides.map(Self.inline))) }
    }

    private mutating func writeRemarks(_ record: RepodataRecord) {
        pair("track-features", strings: record.trackFeatures)
        pair("features", string: record.features)
        pair("flags", strings: record.flags)
        pair("python-site-packages-path", string: record.pythonSitePackagesPath)
        pair("license", string: record.license)
        pair("license-family", string: record.licenseFamily)
        pair("timestamp", number: record.timestamp)
        pair("indexed-timestamp", number: record.indexedTimestamp)
        pair("purls", strings: record.purls)
        pair("legacy-bz2-md5", string: record.legacyBzip2MD5?.description)
        pair("legacy-bz2-size", number: record.legacyBzip2Size)
    }

    private mutating func pair(_ key: String, _ value: String) { text += "\(key) = \(value)\n" }

    private mutating func pair(_ key: String, string: String?) {
        if let string { pair(key, TOMLText.string(string)) }
    }

    private mutating func pair(_ key: String, strings: [String]) {
        if !strings.isEmpty { pair(key, TOMLText.strings(strings)) }
    }

    private mutating func pair(_ key: String, number: (some BinaryInteger)?) {
        if let number { pair(key, "\(number)") }
    }
}

// MARK: - Inline tables

extension LockedCondaText {
    private static func hashes(of record: RepodataRecord) -> String {
        var hashes: [String: LockValue] = [:]
        if let md5 = record.md5 { hashes["md5"] = .string(md5.description) }
        if let sha256 = record.sha256 { hashes["sha256"] = .string(sha256.hex) }
        return TOMLText.inline(.table(hashes))
    }

    private static func inline(_ platform: CondaOrigin.Platform) -> String {
        var pairs = [(key: "subdir", value: TOMLText.string(platform.subdir.description))]
        if let target = platform.target { pairs += self.pairs(target) }
        if !platform.virtualPackages.isEmpty {
            let texts = platform.virtualPackages.map { TOMLText.string($0.description) }
            pairs.append(("virtual-packages", "[\(texts.joined(separator: ", "))]"))
        }
        return TOMLText.inline(pairs)
    }

    private static func inline(_ target: LockTarget) -> String { TOMLText.inline(pairs(target)) }

    private static func pairs(_ target: LockTarget) -> [(key: String, value: String)] {
        [("platform", TOMLText.string(target.platform)), ("python", TOMLText.string(target.python))]
    }

    private static func inline(_ project: ProvidedProject) -> String {
        TOMLText.inline([
            ("name", TOMLText.string(project.name.description)), ("version", TOMLText.string(project.version.description)),
        ])
    }
}
