/// What `@project` says.
package struct ProjectSettings: Hashable, Sendable {
    package let name: String
    /// Nothing when the attribute is not given.
    package let branch: String?
    /// Nothing when the attribute is not given.
    package let production: Bool?
    /// Where it is written.
    package let file: String?
    package let line: Int?

    package init(name: String, branch: String? = nil, production: Bool? = nil, file: String? = nil, line: Int? = nil) {
        self.name = name
        self.branch = branch
        self.production = production
        self.file = file
        self.line = line
    }

    /// Nothing when it is wrong, which is told.
    init?(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        let before = findings.count
        let name = site.text("name", &findings) ?? ""
        let branch = site.text("branch", &findings)
        let production = site.truth("production", &findings)
        if name.isEmpty, findings.count == before {
            findings.append(site.finding("has no name", help: "name the project: @project(name='some_name')"))
        }
        for (attribute, text) in [("name", name), ("branch", branch ?? "")] where !Self.isName(text) {
            findings.append(site.finding("has \(attribute)='\(text)'", help: Self.nameHelp))
        }
        guard findings.count == before else { return nil }
        self.init(
            name: name, branch: branch.flatMap { $0.isEmpty ? nil : $0 }, production: production,
            file: site.place.file, line: site.place.line)
    }

    static let nameHelp = "use lower-case letters, digits and underscores, 128 of them at most"

    /// Whether a project or branch may be called so; no name at all is another matter.
    static func isName(_ text: String) -> Bool {
        text.utf8.count <= 128
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}
