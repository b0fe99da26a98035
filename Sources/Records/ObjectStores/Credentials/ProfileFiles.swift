package import SystemPackage

/// What the two files of the AWS tools say: `~/.aws/config` and `~/.aws/credentials`, or those that `AWS_CONFIG_FILE` and
/// `AWS_SHARED_CREDENTIALS_FILE` name. Read anew each time they are asked for, since tools rewrite them.
struct ProfileFiles: Sendable {
    let configuration: FilePath?
    let credentials: FilePath?

    init(environment: [String: String]) {
        func path(_ variable: String, _ name: String) -> FilePath? {
            let home = environment["HOME"].flatMap { $0.isEmpty ? nil : FilePath($0) }
            if let named = environment[variable], !named.isEmpty {
                guard named.hasPrefix("~/"), let home else { return FilePath(named) }
                return home.appending(String(named.dropFirst(2)))
            }
            return home?.appending(".aws").appending(name)
        }
        configuration = path("AWS_CONFIG_FILE", "config")
        credentials = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    }

    /// The settings of all profiles; those of the credentials' file win.
    ///
    /// - Throws: `.file` for one that is there and cannot be read.
    func read() throws(CredentialError) -> Profiles {
        var profiles = Profiles()
        if let path = configuration { profiles.add(try SmallFile.text(path) ?? "", file: path, isCredentials: false) }
        if let path = credentials { profiles.add(try SmallFile.text(path) ?? "", file: path, isCredentials: true) }
        return profiles
    }
}

/// Settings by profile. A setting inside another (`s3 =` with indented lines) has both names: `s3.addressing_style`.
package struct Profiles: Sendable {
    private(set) var sections: [String: [String: String]] = [:]
    package init() {}

    /// Where a section stands, for messages.
    private(set) var files: [String: String] = [:]

    /// Whether there is a profile of that name.
    func contains(_ name: String) -> Bool { sections[name] != nil }

    subscript(profile: String, setting: String) -> String? {
        sections[profile]?[setting].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A setting of the section `[services NAME]` that a profile points to.
    func service(_ profile: String, _ setting: String) -> String? {
        self[profile, "services"].flatMap { self["services \($0)", setting] }
    }

    package mutating func add(_ text: String, file: FilePath, isCredentials: Bool) {
        var section: String?
        var outer: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let bare = line.trimmed
            if bare.isEmpty || bare.hasPrefix("#") || bare.hasPrefix(";") { continue }
            if bare.hasPrefix("["), let end = bare.firstIndex(of: "]") {
                section = Self.section(String(bare[bare.index(after: bare.startIndex)..<end]), isCredentials)
                outer = nil
                if let section {
                    sections[section, default: [:]].merge([:]) { first, _ in first }
                    files[section] = file.string
                }
                continue
            }
            guard let section, let equals = bare.firstIndex(of: "=") else { continue }
            let name = bare[..<equals].trimmed.lowercased()
            let value = String(bare[bare.index(after: equals)...].trimmed)
            if let outer, line.first == " " || line.first == "\t" {
                sections[section]?["\(outer).\(name)"] = value
            } else {
                outer = value.isEmpty ? name : nil
                sections[section]?[name] = value
            }
        }
    }

    /// In the file of settings, a profile is called `profile NAME`, except the default one.
    private static func section(_ header: String, _ isCredentials: Bool) -> String? {
        let words = header.split(separator: " ", maxSplits: 1).map { String($0.trimmed) }
        if isCredentials { return String(header.trimmed) }
        if words.count == 2, words[0] == "profile" { return words[1].trimmingQuotes }
        if words.count == 2, words[0] == "services" { return "services \(words[1].trimmingQuotes)" }
        return words.first == "default" ? "default" : nil
    }
}

extension StringProtocol {
    /// Without spaces, tabs and line ends on either side.
    var trimmed: SubSequence {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? endIndex
        return start < end ? self[start..<end] : self[endIndex...]
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
    }
}
